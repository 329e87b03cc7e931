import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { atLeast, findJava, versionOf, which } from './tools.mjs';

/** @returns {import('./recipe.mjs').Recipe} */
export function neo4jRecipe() {
  const cwd = join(DEV, 'neo4j');
  const pom = join(cwd, 'pom.xml');
  const version = pinned(pom, /<neo4j\.version>([^<]+)</);
  const title = `Neo4j ${version}`;
  const instead = 'put `neo4j` on the PATH, or set NEO4J_URI to a running server';
  const flags = ['dependency:copy-dependencies', 'runtime', 'javac --release 17'];
  return {
    title,
    version,
    takes: '1 min',
    instead,
    files: [pom, join(cwd, 'Start.java')],
    flags,
    steps: (directory) => {
      const javac = findJava('javac');
      const found = javac ? versionOf(javac, ['-version']) : undefined;
      if (!javac || !found || !atLeast(found, [17])) {
        const has = found ? `this one is ${found.join('.')}` : 'there is no javac on the PATH';
        throw new StackError(
          `Building ${title} needs a JDK 17 or newer and ${has}: install one, or ${instead}.`,
        );
      }
      const mvn = which('mvn');
      if (!mvn) {
        throw new StackError(
          `Building ${title} needs Maven and there is no mvn on the PATH: install Maven, or ${instead}.`,
        );
      }
      const lib = join(directory, 'lib');
      const classes = join(directory, 'classes');
      mkdirSync(classes, { recursive: true });
      const copy = ['-B', '-ntp', '-f', pom, 'dependency:copy-dependencies'];
      return [
        {
          command: mvn,
          args: [...copy, '-DincludeScope=runtime', `-DoutputDirectory=${lib}`],
          cwd: directory,
          env: process.env,
        },
        {
          command: javac,
          args: ['--release', '17', '-cp', join(lib, '*'), '-d', classes, join(cwd, 'Start.java')],
          cwd: directory,
          env: process.env,
        },
      ];
    },
  };
}
