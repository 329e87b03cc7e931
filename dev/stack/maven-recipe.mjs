import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { atLeast, findJava, versionOf, which } from './tools.mjs';

/**
 * Builds a Java program: the jars that `dev/<folder>/pom.xml` names, in `lib`, and a class of our own
 * that starts them, in `classes`.
 *
 * @param {object} options
 * @param {string} options.product
 * @param {RegExp} options.version where the pom says it
 * @param {string} options.folder
 * @param {string} options.instead
 * @param {string} [options.source] the file of the class; without it there is none
 * @returns {import('./recipe.mjs').Recipe}
 */
export function mavenRecipe({ product, version: versionIn, folder, instead, source }) {
  const cwd = join(DEV, folder);
  const pom = join(cwd, 'pom.xml');
  const version = pinned(pom, versionIn);
  const title = `${product} ${version}`;
  const sources = source === undefined ? [] : [join(cwd, source)];
  const flags = ['dependency:copy-dependencies', 'runtime', 'javac --release 17'];
  return {
    title,
    version,
    takes: '1 min',
    instead,
    files: [pom, ...sources],
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
      const compile = ['--release', '17', '-cp', join(lib, '*'), '-d', classes, ...sources];
      const inIt = { cwd: directory, env: process.env };
      return [
        {
          command: mvn,
          args: [...copy, '-DincludeScope=runtime', `-DoutputDirectory=${lib}`],
          ...inIt,
        },
        ...(sources.length === 0 ? [] : [{ command: javac, args: compile, ...inIt }]),
      ];
    },
  };
}
