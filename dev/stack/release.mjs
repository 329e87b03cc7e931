import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from './build.mjs';
import { cached, cacheRoot } from './cache.mjs';
import { DownloadError, download, requireSum, sumFrom } from './download.mjs';
import { lastLines } from './process.mjs';
import { downloadsFrom, urlOf } from './releases.mjs';
import { which } from './tools.mjs';

/** @typedef {import('./releases.mjs').Release} Release */
/** @typedef {import('./progress.mjs').Terminal} Terminal */

/** @param {Release} release */
export function isDownloaded({ entry }) {
  return existsSync(join(cacheRoot(), entry));
}

/** @type {Map<string, Promise<string>>} two callers in this process share one download */
const underway = new Map();

/**
 * An official release in the user's cache, downloaded where it is not there yet.
 *
 * @param {Release} release
 * @param {Terminal} terminal
 * @returns {Promise<string | undefined>} its directory; undefined: it could not be had, which was said
 */
export async function ensureDownloaded(release, terminal) {
  const downloads = downloadsFrom();
  const place = join(cacheRoot(), release.entry);
  if (existsSync(place)) return place;
  if (downloads === 'never') return undefined;
  const fetched = underway.get(place) ?? fetchRelease(release, downloads, terminal);
  underway.set(place, fetched);
  try {
    return await fetched;
  } catch (error) {
    if (!(error instanceof DownloadError)) throw error;
    terminal.line(`${release.title} was not downloaded: ${error.message}.`);
    return undefined;
  } finally {
    underway.delete(place);
  }
}

/**
 * @param {Release} release
 * @param {URL | 'official'} downloads
 * @param {Terminal} terminal
 */
function fetchRelease(release, downloads, terminal) {
  return cached({
    name: release.entry,
    root: cacheRoot(),
    onWait: (pid) =>
      terminal.line(
        `Another start (process ${pid}) is downloading ${release.title}; waiting for it.`,
      ),
    build: async (directory) => {
      const { title, megabytes } = release;
      const progress = terminal.progress(
        `Downloading ${title} (first start only, about ${megabytes} MB)`,
      );
      try {
        await fill(directory, release, downloads, (bytes) =>
          progress.tell(`${Math.round(bytes / 1_000_000)} MB`),
        );
        progress.done();
      } catch (error) {
        progress.done('failed');
        throw error;
      }
    },
  });
}

/**
 * @param {string} directory
 * @param {Release} release
 * @param {URL | 'official'} downloads
 * @param {(bytes: number) => void} onBytes
 */
async function fill(directory, release, downloads, onBytes) {
  const tar = which('tar');
  if (!tar) throw new DownloadError('there is no tar on the PATH to unpack it');
  const url = urlOf(release, release.file, downloads);
  const sum = release.sha256 ?? (await listedSum(release, downloads));
  // Beside the entry, so that a download that was broken off is there for the next start.
  const archive = join(cacheRoot(), 'downloads', `${release.entry}.tar.gz`);
  await download(url, archive, { onBytes });
  await requireSum(archive, sum, url);
  mkdirSync(directory, { recursive: true });
  const logFile = `${join(cacheRoot(), release.entry)}.log`;
  const unpack = ['--extract', '--gzip', '--no-same-owner', `--file=${archive}`];
  const ok = await runToEnd({
    name: 'tar',
    command: tar,
    args: [...unpack, '-C', directory, `--strip-components=${release.leadingFolders}`],
    logFile,
  });
  rmSync(archive);
  if (!ok) throw new DownloadError(`it could not be unpacked (${lastLines(logFile, 1)[0] ?? ''})`);
  if (existsSync(join(directory, release.program))) return;
  throw new DownloadError(`${url} has no ${release.program} in it`);
}

/**
 * @param {Release} release
 * @param {URL | 'official'} downloads
 */
function listedSum(release, downloads) {
  if (!release.sums) throw new DownloadError('nobody tells the sum of its file');
  return sumFrom(urlOf(release, release.sums, downloads), release.file);
}
