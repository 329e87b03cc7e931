import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './errors.mjs';

/**
 * When a process was started, as the system tells it: a pid alone may have been given to somebody
 * else since the lock was written.
 *
 * @param {number} pid
 * @returns {string | undefined} undefined where no such process runs
 */
export function processIdentity(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may hold blanks: count from behind its closing parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
  } catch {
    return undefined;
  }
}

/** @typedef {{ pid: number, identity: string }} Holder */

/**
 * @param {string} path
 * @returns {{ text: string, holder: Holder | undefined } | undefined} undefined: there is no lock
 */
function readLock(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const [pid, identity] = text.split('\n');
    return { text, holder: pid && identity ? { pid: Number(pid), identity } : undefined };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * One try to take the lock. The file appears whole (a hard link to one already written), so nobody
 * ever reads a lock without a holder.
 *
 * @param {string} path
 * @returns {{ release: () => void } | { heldBy: Holder }}
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${process.pid}\n${processIdentity(process.pid) ?? ''}\n${randomUUID()}\n`;
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, mine, { flag: 'wx' });
  try {
    for (;;) {
      try {
        publish(draft, path, mine);
        return {
          release: () => {
            if (readLock(path)?.text === mine) rmSync(path, { force: true });
          },
        };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const found = readLock(path);
      if (found === undefined) continue;
      const { holder } = found;
      if (holder && processIdentity(holder.pid) === holder.identity) return { heldBy: holder };
      discard(path, found.text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * @param {string} draft
 * @param {string} path
 * @param {string} text
 */
function publish(draft, path, text) {
  try {
    linkSync(draft, path);
  } catch (error) {
    // Some file systems know no hard links; there the lock is empty for an instant.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(error) ?? '')) throw error;
    writeFileSync(path, text, { flag: 'wx' });
  }
}

/**
 * Removes a dead holder's lock, and only that one: another process may have taken it over since it
 * was read, and then its lock is put back.
 *
 * @param {string} path
 * @param {string} deadText
 */
function discard(path, deadText) {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (readFileSync(aside, 'utf8') !== deadText) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Runs work while holding the lock, after waiting for whoever holds it.
 *
 * @template T
 * @param {string} path
 * @param {(holder: Holder) => void} onWait called once when there is somebody to wait for
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, onWait, work) {
  let told = false;
  for (;;) {
    const lock = tryLock(path);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait(lock.heldBy);
    told = true;
    await sleep(250);
  }
}
