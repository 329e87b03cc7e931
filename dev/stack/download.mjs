import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './errors.mjs';

/** So often a download that broke off goes on where it ended. */
const TRIES = 5;
const QUIET_MS = 20_000;
const MOST_BYTES = 1024 ** 3;
const MOST_LIST_BYTES = 1024 ** 2;

/** Why something could not be had; a part of a sentence. */
export class DownloadError extends Error {}

/**
 * Fetches a file. One that broke off, in this run or in one before, is gone on with.
 *
 * @param {URL} url
 * @param {string} file where it is put; what is there is the beginning of it
 * @param {{ onBytes?: (bytes: number) => void, quietMs?: number }} [options] how many are there; after how long a silence is an end
 */
export async function download(url, file, { onBytes = () => {}, quietMs = QUIET_MS } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  for (let tries = 1; ; tries += 1) {
    const before = sizeOf(file);
    try {
      await goOn(url, file, { onBytes, quietMs });
      return;
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      // Nothing came at all: asking at once again would be answered alike.
      if (tries === TRIES || sizeOf(file) === before) {
        throw new DownloadError(`${url} ${whyBroken(error)}`, { cause: error });
      }
    }
  }
}

/**
 * @param {URL} url
 * @param {string} file
 * @param {{ onBytes: (bytes: number) => void, quietMs: number }} options
 */
async function goOn(url, file, { onBytes, quietMs }) {
  const have = sizeOf(file);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('fell silent')), quietMs);
  try {
    const { signal } = silence;
    const headers = have > 0 ? { range: `bytes=${have}-` } : {};
    const response = await fetch(url, { headers, signal });
    const goesOn = response.status === 206;
    const { from, whole } = extentOf(response.headers, goesOn);
    if (response.status === 416 || (goesOn && from !== have)) {
      await response.body?.cancel();
      // What is there is no beginning of this file, or all of it: it is fetched anew.
      rmSync(file, { force: true });
      throw new Error('has another part than was asked for');
    }
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new DownloadError(`${url} answers ${response.status}`);
    }
    let bytes = goesOn ? have : 0;
    const into = await open(file, goesOn ? 'a' : 'w');
    try {
      // Each piece is on the disk before the next is taken, so that nothing that came is lost.
      for await (const piece of response.body) {
        timer.refresh();
        bytes += piece.length;
        if (bytes > MOST_BYTES) throw new DownloadError(`${url} does not end`);
        await into.write(piece);
        onBytes(bytes);
      }
    } finally {
      await into.close();
    }
    if (whole !== undefined && bytes !== whole) throw new Error('ended too early');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Headers} headers
 * @param {boolean} isPart
 * @returns {{ from?: number, whole?: number }} where the answer begins, and how long the whole file is
 */
function extentOf(headers, isPart) {
  if (isPart) {
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
    return range ? { from: Number(range[1]), whole: Number(range[2]) } : {};
  }
  const length = headers.get('content-length');
  // The length of what is packed for the way says nothing of what comes out of it.
  if (length === null || headers.get('content-encoding')) return {};
  return { whole: Number(length) };
}

/** @param {unknown} error */
function whyBroken(error) {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const code = codeOf(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has no address here (no network?)';
  if (code === 'ECONNREFUSED') return 'refuses the connection';
  return `broke off (${code ?? (cause instanceof Error ? cause.message : String(cause))})`;
}

/** @param {string} file */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Looks up a file in a list as `sha256sum` writes it.
 *
 * @param {URL} url of the list
 * @param {string} file
 */
export async function sumFrom(url, file) {
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw new DownloadError(
      `${url} would be trusted for what ${file} is, and comes without TLS: use an https mirror`,
    );
  }
  const text = await textOf(url);
  for (const line of text.split('\n')) {
    const [, sum, name] = /^([0-9a-f]{64})[ *]+(\S+)$/.exec(line.trim()) ?? [];
    if (name === file && sum) return sum;
  }
  throw new DownloadError(`${url} has no sum of ${file}`);
}

/** @param {URL} url */
async function textOf(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(QUIET_MS) });
    const text = await response.text();
    if (url.protocol === 'https:' && !response.url.startsWith('https:')) {
      throw new DownloadError(`${url} is sent on to where there is no TLS`);
    }
    if (!response.ok) throw new DownloadError(`${url} answers ${response.status}`);
    if (text.length > MOST_LIST_BYTES) throw new DownloadError(`${url} is no list of sums`);
    return text;
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(`${url} ${whyBroken(error)}`, { cause: error });
  }
}

/** @param {URL} url */
function isLoopback({ hostname }) {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/**
 * Refuses a file that is not what it should be, and takes it away.
 *
 * @param {string} file
 * @param {string} wanted its SHA-256
 * @param {URL} url whence it came
 */
export async function requireSum(file, wanted, url) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const is = hash.digest('hex');
  if (is === wanted) return;
  rmSync(file);
  throw new DownloadError(
    `${url} has the SHA-256 ${is} and should have ${wanted}, so it was refused and taken away`,
  );
}
