import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildKey, cached, cacheRoot } from './cache.mjs';
import { StackError } from './errors.mjs';
import { lastLines, startProcess } from './process.mjs';
import { recipes } from './recipes.mjs';

/** @typedef {import('./progress.mjs').Terminal} Terminal */
/** @typedef {import('./recipe.mjs').BuildName} BuildName */

const NO_NETWORK =
  /Failed to fetch|Temporary failure resolving|dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|Could not transfer artifact|Unknown host|proxyconnect/i;

/**
 * Runs a command to its end with its output in a file.
 *
 * @param {import('./process.mjs').ProcessOptions} options
 * @returns {Promise<boolean>} whether it went well
 */
export async function runToEnd(options) {
  const running = await startProcess(options);
  return (await running.exited).code === 0;
}

/** @type {Map<string, Promise<string>>} two callers in this process share one build */
const underway = new Map();

/**
 * @param {BuildName} name
 * @param {import('./recipe.mjs').Recipe} recipe
 */
const entryOf = (name, recipe) =>
  `${name}-${recipe.version}-${buildKey(recipe.files, recipe.flags)}`;

/**
 * Whether a build is in the cache, so that `ensureBuilt` would build nothing.
 *
 * @param {BuildName} name
 */
export function isBuilt(name) {
  return existsSync(join(cacheRoot(), entryOf(name, recipes[name]())));
}

/**
 * @param {BuildName} name
 * @param {Terminal} terminal
 * @returns {Promise<string>} the directory with the build
 */
export function ensureBuilt(name, terminal) {
  const recipe = recipes[name]();
  const entry = entryOf(name, recipe);
  const root = cacheRoot();
  const place = join(root, entry);
  const already = underway.get(place);
  if (already) return already;
  const built = cached({
    name: entry,
    root,
    onWait: (pid) =>
      terminal.line(`Another start (process ${pid}) is building ${recipe.title}; waiting for it.`),
    build: (directory) => build(recipe, directory, `${place}.log`, terminal),
  });
  underway.set(place, built);
  const forget = () => underway.delete(place);
  void built.then(forget, forget);
  return built;
}

/**
 * @param {import('./recipe.mjs').Recipe} recipe
 * @param {string} directory
 * @param {string} logFile
 * @param {Terminal} terminal
 */
async function build(recipe, directory, logFile, terminal) {
  const steps = recipe.steps(directory);
  rmSync(logFile, { force: true });
  const progress = terminal.progress(
    `Building ${recipe.title} (first start only, about ${recipe.takes})`,
  );
  for (const { command, args, cwd, env } of steps) {
    appendLine(logFile, `$ ${[command, ...args].join(' ')}`);
    const options = { name: `the build of ${recipe.title}`, command, args, cwd, env, logFile };
    if (await runToEnd({ ...options, appendLog: true })) continue;
    progress.done('failed');
    throw new StackError(whyFailed(recipe, logFile));
  }
  progress.done();
}

/**
 * @param {string} file
 * @param {string} line
 */
function appendLine(file, line) {
  mkdirSync(join(file, '..'), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

/**
 * @param {import('./recipe.mjs').Recipe} recipe
 * @param {string} logFile
 */
function whyFailed({ title, instead }, logFile) {
  if (NO_NETWORK.test(readFileSync(logFile, 'utf8'))) {
    return `${title} could not be downloaded (see ${logFile}): check the network, or ${instead}.`;
  }
  const last = lastLines(logFile, 1)[0]?.trim() ?? 'nothing';
  return `The build of ${title} failed and last said “${last}” (see ${logFile}): mend that, or ${instead}.`;
}
