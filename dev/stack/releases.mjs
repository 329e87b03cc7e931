import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { StackError } from './errors.mjs';
import { DEV } from './recipe.mjs';

/** @typedef {'temporal' | 'prometheus' | 'neo4j' | 'java'} ReleaseName */

/**
 * @typedef {object} Release an archive that those who make the program publish, for this platform
 * @property {ReleaseName} name
 * @property {string} title with its version
 * @property {string} version
 * @property {string} from the URL of the folder it lies in
 * @property {string} file
 * @property {string | undefined} sha256 of the file; undefined: the release's list of sums has it
 * @property {string | undefined} sums the list, in the same folder
 * @property {number} leadingFolders of the archive, which are left out
 * @property {string} program within it
 * @property {number} megabytes about
 * @property {string} entry its directory in the cache
 */

/**
 * The pinned release of a program, where there is one for this platform.
 *
 * @param {ReleaseName} name
 * @param {string} [platform] as Node calls it
 * @returns {Release | undefined}
 */
export function releaseOf(name, platform = `${process.platform}-${process.arch}`) {
  const all = JSON.parse(readFileSync(join(DEV, 'releases.json'), 'utf8'));
  const { title, version, from, sums, leadingFolders, program, megabytes, files } = all[name];
  const known = ['linux', 'darwin'].includes(platform.split('-')[0] ?? '');
  const file = files[platform] ?? (known ? files.any : undefined);
  if (!file) return undefined;
  const told = createHash('sha256')
    .update(JSON.stringify([file, leadingFolders]))
    .digest('hex');
  return {
    name,
    title: `${title} ${version}`,
    version,
    from,
    file: file.name,
    sha256: file.sha256,
    sums,
    leadingFolders,
    program: file.program ?? program,
    megabytes,
    entry: `${name}-${version}-release-${told.slice(0, 12)}`,
  };
}

/** @typedef {'official' | 'never' | URL} Downloads whence releases are taken; a URL is a mirror's */

/**
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Downloads}
 */
export function downloadsFrom({ TOPOLOG_DOWNLOADS: said } = process.env) {
  if (!said) return 'official';
  if (said === 'off') return 'never';
  const url = URL.canParse(said) ? new URL(said) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url && isWeb && !url.username && !url.password) return url;
  throw new StackError(
    'TOPOLOG_DOWNLOADS must be the URL of a mirror, without a user or password, or off: mend it.',
  );
}

/**
 * @param {Release} release
 * @param {string} file of it
 * @param {URL | 'official'} downloads a mirror has each file in a folder of the program and its version
 */
export function urlOf({ from, name, version }, file, downloads) {
  if (downloads === 'official') return new URL(`${from}/${encodeURIComponent(file)}`);
  const folder = downloads.href.replace(/\/*$/, '');
  return new URL(`${folder}/${name}/${encodeURIComponent(version)}/${encodeURIComponent(file)}`);
}
