import { delimiter, join } from 'node:path';
import process from 'node:process';
import { ensureBuilt } from './build.mjs';
import { StackError } from './errors.mjs';
import { linesOnly } from './progress.mjs';
import { atLeast, findJava, versionOf, which } from './tools.mjs';

/** @typedef {import('./progress.mjs').Terminal} Terminal */
/** @typedef {'temporal' | 'neo4j' | 'prometheus' | 'promtool' | 'redis-server' | 'k6' | 'schemathesis' | 'oasdiff' | 'helm'} ProgramName */

/**
 * @typedef {object} Program
 * @property {ProgramName} name
 * @property {'path' | 'cache'} from
 * @property {string} command
 * @property {string[]} args what comes before the arguments of a call
 */

/**
 * The oldest version taken from the PATH. Before 3, Prometheus counted the left end of a range in.
 *
 * @type {Record<ProgramName, { title: string, least: number[], ask?: string[] }>}
 */
const wanted = {
  temporal: { title: 'Temporal', least: [1] },
  neo4j: { title: 'Neo4j', least: [5] },
  prometheus: { title: 'Prometheus', least: [3] },
  promtool: { title: 'promtool', least: [3] },
  'redis-server': { title: 'Redis', least: [6] },
  k6: { title: 'k6', least: [1] },
  schemathesis: { title: 'schemathesis', least: [4] },
  oasdiff: { title: 'oasdiff', least: [1, 37] },
  helm: { title: 'Helm', least: [3, 19], ask: ['version', '--short'] },
};

/**
 * How to run a server, or a tool: the program on the PATH where it is new enough, else the pinned build in the
 * user's cache, which is made when it is not there yet.
 *
 * @param {ProgramName} name
 * @param {{ log?: import('./progress.mjs').Log | undefined, terminal?: Terminal }} [options]
 * @returns {Promise<Program>}
 */
export async function ensureServer(name, { log = () => {}, terminal = linesOnly(log) } = {}) {
  const { title, least, ask = ['--version'] } = wanted[name];
  const onPath = which(name);
  if (onPath) {
    const version = versionOf(onPath, ask);
    if (version && atLeast(version, least)) {
      return { name, from: 'path', command: onPath, args: [] };
    }
    const is = version ? `is ${version.join('.')}` : 'does not tell its version';
    terminal.line(
      `${onPath} ${is}; ${title} ${least.join('.')} or newer is needed, so it is built.`,
    );
  }
  const directory = await ensureBuilt(buildOf(name), terminal);
  if (name === 'neo4j') return neo4jFrom(directory);
  if (name === 'schemathesis') return schemathesisFrom(directory);
  return { name, from: 'cache', command: join(directory, name), args: [] };
}

/**
 * @param {ProgramName} name
 * @returns {import('./recipe.mjs').BuildName} the build that has the program
 */
function buildOf(name) {
  if (name === 'promtool') return 'prometheus';
  return name === 'redis-server' ? 'redis' : name;
}

/** What Neo4j reaches into of the JDK. */
const OPENED = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'];

/**
 * @param {string} directory
 * @returns {Program}
 */
function neo4jFrom(directory) {
  const java = findJava('java');
  const version = java ? versionOf(java, ['-version']) : undefined;
  if (!java || !version || !atLeast(version, [17])) {
    throw new StackError(
      'Neo4j needs Java 17 or newer: install it, or set NEO4J_URI to a running server.',
    );
  }
  const args = [
    `-Xmx${process.env.NEO4J_HEAP || '512m'}`,
    '-XX:+ExitOnOutOfMemoryError',
    '-Dlog4j2.disable.jmx=true',
    ...OPENED.flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]),
    '-cp',
    [join(directory, 'classes'), join(directory, 'lib', '*')].join(delimiter),
    'Start',
  ];
  return { name: 'neo4j', from: 'cache', command: java, args };
}

/**
 * @param {string} directory
 * @returns {Program}
 */
function schemathesisFrom(directory) {
  const run =
    'import sys; sys.path.insert(0, sys.argv.pop(1)); import schemathesis.cli as cli; cli.schemathesis()';
  return { name: 'schemathesis', from: 'cache', command: 'python3', args: ['-c', run, directory] };
}
