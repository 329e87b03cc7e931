import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV, pinned } from './recipe.mjs';
import { which } from './tools.mjs';

/** What the jar calls the program of each platform. @type {Readonly<Record<string, string>>} */
const programs = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** @returns {import('./recipe.mjs').Recipe} */
export function redisRecipe() {
  const pom = join(DEV, 'redis', 'pom.xml');
  const jar = pinned(pom, /<embedded-redis\.version>([^<]+)</);
  const title = 'Redis 6.2';
  const instead = 'put `redis-server` on the PATH';
  return {
    title,
    version: `6.2-${jar}`,
    takes: '10 s',
    instead,
    files: [pom],
    flags: ['dependency:unpack-dependencies'],
    steps: (directory) => {
      const program = programs[`${process.platform}-${process.arch}`];
      if (!program) {
        const platform = `${process.platform} on ${process.arch}`;
        throw new StackError(`There is no ${title} for ${platform}: ${instead}.`);
      }
      const mvn = which('mvn');
      if (!mvn) {
        throw new StackError(
          `Fetching ${title} needs Maven and there is no mvn on the PATH: install Maven, or ${instead}.`,
        );
      }
      const unpack = ['-B', '-ntp', '-f', pom, 'dependency:unpack-dependencies'];
      return [
        {
          command: mvn,
          args: [...unpack, `-Dmdep.unpack.includes=${program}`, `-DoutputDirectory=${directory}`],
          cwd: directory,
          env: process.env,
        },
        {
          command: 'install',
          args: ['-m', '755', join(directory, program), join(directory, 'redis-server')],
          cwd: directory,
          env: process.env,
        },
      ];
    },
  };
}
