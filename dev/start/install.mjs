import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { runToEnd } from '../stack/build.mjs';
import { cacheRoot } from '../stack/cache.mjs';
import { StackError } from '../stack/errors.mjs';
import { withLock } from '../stack/lock.mjs';
import { which } from '../stack/tools.mjs';
import { hashOfSource, isCompiled, markCompiled } from './compiled.mjs';

/** @typedef {import('../stack/progress.mjs').Terminal} Terminal */

/**
 * Installs what the lock file says and compiles Topolog, where that has not been done. Two starts
 * from one checkout do it one after the other.
 *
 * @param {{ root: string, logDir: string, terminal: Terminal }} where
 */
export async function installAndBuild({ root, logDir, terminal }) {
  await exclusively(root, terminal, async () => {
    await installPackages(root, logDir, terminal);
    const source = hashOfSource(root);
    if (isCompiled(root, source)) return;
    const progress = terminal.progress('Compiling Topolog');
    const logFile = join(logDir, 'build.log');
    // With its bundle a worker starts at once; every build takes an old one away.
    const ok =
      (await npm(root, ['run', '--silent', 'build'], logFile)) &&
      (await npm(root, ['run', '--silent', '--if-present', 'bundle'], join(logDir, 'bundle.log')));
    progress.done(ok ? 'done' : 'failed');
    if (ok) return markCompiled(root, source);
    const problem = readFileSync(logFile, 'utf8')
      .split('\n')
      .find((line) => /\berror\b/i.test(line));
    throw new StackError(
      `Topolog does not compile (${problem?.trim() ?? `see ${logFile}`}): run \`npm run build\` for the whole story.`,
    );
  });
}

/** @param {{ root: string, logDir: string, terminal: Terminal }} where */
export async function installOnly({ root, logDir, terminal }) {
  await exclusively(root, terminal, () => installPackages(root, logDir, terminal));
}

/**
 * @param {string} root
 * @param {Terminal} terminal
 * @param {() => Promise<void>} work
 */
function exclusively(root, terminal, work) {
  const checkout = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 12);
  const lock = join(cacheRoot(), 'checkouts', `${checkout}.lock`);
  return withLock(
    lock,
    ({ pid }) => terminal.line(`Another start (process ${pid}) is installing; waiting for it.`),
    work,
  );
}

/**
 * @param {string} root
 * @param {string} logDir
 * @param {Terminal} terminal
 */
async function installPackages(root, logDir, terminal) {
  const lockFile = join(root, 'package-lock.json');
  if (!existsSync(lockFile)) {
    throw new StackError(`${lockFile} is missing: check it out again, or run \`npm install\`.`);
  }
  const wanted = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  const stamp = join(root, 'node_modules', '.topolog-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!isInstalled(root, lockFile)) {
    const progress = terminal.progress('Installing packages (npm ci)');
    const logFile = join(logDir, 'npm-ci.log');
    const ok = await npm(root, ['ci', '--include=dev', '--no-audit', '--no-fund'], logFile);
    progress.done(ok ? 'done' : 'failed');
    if (!ok) {
      const said = readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('npm error ') && !line.startsWith('npm error code '))
        .map((line) => line.slice('npm error '.length).trim())
        .find((line) => line !== '');
      throw new StackError(
        `\`npm ci\` failed (“${said ?? 'nothing'}”, see ${logFile}): mend that and start again.`,
      );
    }
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
}

/**
 * Whether somebody ran npm by hand: npm keeps a lock file of what it put into node_modules.
 *
 * @param {string} root
 * @param {string} lockFile
 */
function isInstalled(root, lockFile) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  return [...packagesOf(lockFile)].every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed.get(path);
    // Packages for other systems are in the lock file and not on the disk.
    return found ? found.version === wanted.version : wanted.optional || wanted.devOptional;
  });
}

/**
 * @param {string} file
 * @returns {Map<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(file) {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages ?? {}));
  } catch {
    return new Map();
  }
}

/**
 * @param {string} cwd
 * @param {string[]} args
 * @param {string} logFile
 */
function npm(cwd, args, logFile) {
  // Under `npm start` the same npm is used, wherever it came from.
  const script = process.env.npm_execpath;
  const viaNode = script?.endsWith('.js') && existsSync(script);
  const command = viaNode ? process.execPath : which('npm');
  if (!command)
    throw new StackError('There is no npm on the PATH: install it, it comes with Node.');
  const all = viaNode && script ? [script, ...args] : args;
  return runToEnd({ name: 'npm', command, args: all, cwd, logFile });
}
