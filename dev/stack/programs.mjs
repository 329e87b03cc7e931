import { delimiter, join } from 'node:path';
import process from 'node:process';
import { ensureBuilt, isBuilt } from './build.mjs';
import { StackError } from './errors.mjs';
import { ensureJava, OPENED_TO_NEO4J } from './java.mjs';
import { linesOnly } from './progress.mjs';
import { ensureDownloaded, isDownloaded } from './release.mjs';
import { releaseOf } from './releases.mjs';
import { atLeast, versionOf, which } from './tools.mjs';

/** @typedef {import('./progress.mjs').Terminal} Terminal */
/** @typedef {import('./releases.mjs').ReleaseName} ReleaseName */
/** @typedef {'temporal' | 'neo4j' | 'prometheus' | 'promtool' | 'redis-server' | 'k6' | 'schemathesis' | 'oasdiff' | 'helm'} ProgramName */

/**
 * @typedef {object} Program
 * @property {ProgramName} name
 * @property {'configured' | 'path' | 'release' | 'cache'} from `cache`: built here
 * @property {string} command
 * @property {string[]} args what comes before the arguments of a call
 * @property {Record<string, string>} [env] what it needs beside the environment
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

/** Where a person may name a program of his own. @type {Partial<Record<ProgramName, string>>} */
const settings = {
  temporal: 'TOPOLOG_TEMPORAL_PROGRAM',
  neo4j: 'TOPOLOG_NEO4J_PROGRAM',
  prometheus: 'TOPOLOG_PROMETHEUS_PROGRAM',
};

/**
 * How to run a server, or a tool: the program that is configured, or that on the PATH where it is new
 * enough, or that in the user's cache; else its official release is downloaded, and where that cannot
 * be, it is built.
 *
 * @param {ProgramName} name
 * @param {{ log?: import('./progress.mjs').Log | undefined, terminal?: Terminal }} [options]
 * @returns {Promise<Program>}
 */
export async function ensureServer(name, { log = () => {}, terminal = linesOnly(log) } = {}) {
  const own = configuredProgram(name) ?? programOnPath(name, terminal);
  if (own) return own;
  const build = buildOf(name);
  const release = releases.has(build) ? releaseOf(/** @type {ReleaseName} */ (build)) : undefined;
  if (release && (isDownloaded(release) || !isBuilt(build))) {
    const directory = await ensureDownloaded(release, terminal);
    if (directory && name === 'neo4j') return releasedNeo4j(directory, release, terminal);
    if (directory) return { name, from: 'release', command: join(directory, name), args: [] };
  }
  const directory = await ensureBuilt(build, terminal);
  if (name === 'neo4j') return builtNeo4j(directory, terminal);
  if (name === 'schemathesis') return schemathesisFrom(directory);
  return { name, from: 'cache', command: join(directory, name), args: [] };
}

/**
 * @param {ProgramName} name
 * @returns {Program | undefined}
 */
function configuredProgram(name) {
  const setting = settings[name];
  const command = setting && process.env[setting];
  if (!setting || !command) return undefined;
  const { title, least, ask = ['--version'] } = wanted[name];
  const version = versionOf(command, ask);
  if (version && atLeast(version, least)) return { name, from: 'configured', command, args: [] };
  const is = version ? `is version ${version.join('.')}` : 'cannot be run';
  throw new StackError(
    `${setting} is ${command}, which ${is}; ${title} ${least.join('.')} or newer is needed: mend it or unset it.`,
  );
}

/**
 * @param {ProgramName} name
 * @param {Terminal} terminal
 * @returns {Program | undefined}
 */
function programOnPath(name, terminal) {
  const { title, least, ask = ['--version'] } = wanted[name];
  const command = which(name);
  if (!command) return undefined;
  const version = versionOf(command, ask);
  if (version && atLeast(version, least)) return { name, from: 'path', command, args: [] };
  const is = version ? `is ${version.join('.')}` : 'does not tell its version';
  terminal.line(`${command} ${is}; ${title} ${least.join('.')} or newer is needed, so it is left.`);
  return undefined;
}

/** What has an official release that is taken. */
const releases = new Set(['temporal', 'prometheus', 'neo4j']);

/**
 * @param {ProgramName} name
 * @returns {import('./recipe.mjs').BuildName} the build that has the program
 */
function buildOf(name) {
  if (name === 'promtool') return 'prometheus';
  return name === 'redis-server' ? 'redis' : name;
}

/**
 * The release runs by its own script, as one that is installed does.
 *
 * @param {string} directory
 * @param {import('./releases.mjs').Release} release
 * @param {Terminal} terminal
 * @returns {Promise<Program>}
 */
async function releasedNeo4j(directory, { program }, terminal) {
  const { home } = await ensureJava(terminal);
  const env = home ? { JAVA_HOME: home } : {};
  return { name: 'neo4j', from: 'release', command: join(directory, program), args: [], env };
}

/**
 * @param {string} directory
 * @param {Terminal} terminal
 * @returns {Promise<Program>}
 */
async function builtNeo4j(directory, terminal) {
  const { command } = await ensureJava(terminal);
  const args = [
    `-Xmx${process.env.NEO4J_HEAP || '512m'}`,
    '-XX:+ExitOnOutOfMemoryError',
    '-Dlog4j2.disable.jmx=true',
    ...OPENED_TO_NEO4J,
    '-cp',
    [join(directory, 'classes'), join(directory, 'lib', '*')].join(delimiter),
    'Start',
  ];
  return { name: 'neo4j', from: 'cache', command, args };
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
