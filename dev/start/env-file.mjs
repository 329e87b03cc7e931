import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the settings of a running stack to `<dataDir>/env`, for `node --env-file`.
 *
 * @param {object} where
 * @param {string} where.root
 * @param {string} where.dataDir
 * @param {Record<string, string | undefined>} env the whole environment of Topolog's processes
 */
export function writeEnvFile({ root, dataDir }, env) {
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const names = [...example.matchAll(/^#?([A-Z_0-9]+)=/gm)].map(([, name]) => name ?? '');
  const lines = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [`${name}=${quoted(value)}`];
  });
  const file = join(dataDir, 'env');
  // It holds a password.
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** As Node reads it: no escapes inside quotes, so one is taken that does not occur. @param {string} value */
function quoted(value) {
  const quote = [`'`, '"', '`'].find((one) => !value.includes(one));
  return quote === undefined ? value : `${quote}${value}${quote}`;
}
