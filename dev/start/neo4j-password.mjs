import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack/errors.mjs';

/** Beside the data; `cat` shows it, for Neo4j Browser and cypher-shell. */
export const PASSWORD_FILE = 'neo4j-password';

/**
 * The password of the Neo4j that runs here, made at the first start and kept for nobody else to read.
 *
 * @param {string} dataDir
 * @returns {string}
 */
export function neo4jPassword(dataDir) {
  const file = join(dataDir, PASSWORD_FILE);
  const kept = readPassword(file);
  const password = kept ?? lostPassword(dataDir) ?? randomBytes(24).toString('hex');
  if (kept === undefined) writeFileSync(file, `${password}\n`, { flag: 'wx', mode: 0o600 });
  // It may have been written by hand.
  else chmodSync(file, 0o600);
  return password;
}

/** @param {string} file */
function readPassword(file) {
  if (!existsSync(file)) return undefined;
  const password = readFileSync(file, 'utf8').trim();
  if (password.length >= 8) return password;
  throw new StackError(`${file} holds no password of eight characters or more: mend it.`);
}

/**
 * Data that have a password and no file with it: the settings of the last start have it too.
 *
 * @param {string} dataDir
 */
function lostPassword(dataDir) {
  if (!existsSync(join(dataDir, 'neo4j', 'data', 'dbms', 'auth.ini'))) return undefined;
  const settings = join(dataDir, 'env');
  const text = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
  const found = /^NEO4J_PASSWORD=(['"`]?)(\S{8,})\1$/m.exec(text)?.[2];
  if (found) return found;
  const file = join(dataDir, PASSWORD_FILE);
  throw new StackError(
    `${file} is gone, and the data in ${join(dataDir, 'neo4j')} have the password that was in it: put it back, or move these data away to begin anew.`,
  );
}
