import { dirname, join } from 'node:path';
import { StackError } from './errors.mjs';
import { ensureDownloaded } from './release.mjs';
import { releaseOf } from './releases.mjs';
import { atLeast, findJava, versionOf } from './tools.mjs';

/** What Neo4j reaches into of the JDK. */
export const OPENED_TO_NEO4J = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'].map(
  (name) => `--add-opens=java.base/${name}=ALL-UNNAMED`,
);

/**
 * A Java that Neo4j 5 runs on: the one of this machine where it is 17 to 21, else one that is
 * downloaded; a newer one of this machine where that cannot be.
 *
 * @param {import('./progress.mjs').Terminal} terminal
 * @returns {Promise<{ command: string, home?: string }>} its home, where it is not the machine's own
 */
export async function ensureJava(terminal) {
  const own = findJava('java');
  const version = own ? versionOf(own, ['-version']) : undefined;
  const runs = own !== undefined && version !== undefined && atLeast(version, [17]);
  if (runs && !atLeast(version, [22])) return { command: own };
  const release = releaseOf('java');
  const directory = release && (await ensureDownloaded(release, terminal));
  if (release && directory) {
    const command = join(directory, release.program);
    return { command, home: dirname(dirname(command)) };
  }
  if (runs) return { command: own };
  throw new StackError(
    'Neo4j needs Java 17 or newer: install it, or set NEO4J_URI to a running server.',
  );
}
