import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { download, sumFrom } from '../../dev/stack/download.mjs';
import { linesOnly } from '../../dev/stack/progress.mjs';
import { ensureDownloaded, isDownloaded } from '../../dev/stack/release.mjs';
import { downloadsFrom, type Release, releaseOf, urlOf } from '../../dev/stack/releases.mjs';
import { archiveOf, sha256 } from './archives.ts';
import { type FileServer, fileServer } from './file-server.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const file = 'prometheus-9.9.9.linux-amd64.tar.gz';
const path = `/prometheus/9.9.9/${file}`;
const list = '/prometheus/9.9.9/sha256sums.txt';

function release(more: Partial<Release> = {}): Release {
  return {
    ...{ name: 'prometheus', title: 'Prometheus 9.9.9', version: '9.9.9', file },
    ...{ from: 'https://releases.example', sha256: undefined, sums: 'sha256sums.txt' },
    ...{ leadingFolders: 1, program: 'prometheus', megabytes: 1 },
    entry: 'prometheus-9.9.9-release-0',
    ...more,
  };
}

/** A mirror with a release, an empty cache, and what was said. */
async function stand() {
  const script = "#!/bin/sh\necho 'prometheus, version 9.9.9'\n";
  const archive = archiveOf({ 'prometheus-9.9.9.linux-amd64/prometheus': script }, 300_000);
  const mirror = await fileServer({ [path]: archive });
  const cache = temporaryDirectory();
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('TOPOLOG_DOWNLOADS', `${mirror.url}/`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines: string[] = [];
  const terminal = linesOnly((line) => lines.push(line));
  const pinned = release({ sha256: sha256(archive) });
  const get = (of: Release = pinned) => ensureDownloaded(of, terminal);
  const root = join(cache, 'topolog');
  const kept = () => (existsSync(root) ? readdirSync(root, { recursive: true }).sort() : []);
  const part = join(root, 'downloads', `${pinned.entry}.tar.gz`);
  /** Cuts answers after so many bytes, when they have arrived. */
  const cutAt = (bytes: number) => {
    Object.assign(mirror, { cutAfter: bytes, cutWhen: () => sizeOf(part) >= bytes });
  };
  return { mirror, archive, root, part, lines, pinned, get, kept, cutAt };
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const tells = (directory: string | undefined) =>
  execFileSync(join(String(directory), 'prometheus'), { encoding: 'utf8' });

describe('a release', () => {
  it('is fetched once, verified, unpacked, and runs; the archive is not kept', async () => {
    const { mirror, root, pinned, get, lines } = await stand();
    expect(isDownloaded(pinned)).toBe(false);
    const both = await Promise.all([get(), get()]);
    expect(both).toEqual([join(root, pinned.entry), join(root, pinned.entry)]);
    expect(tells(both[0])).toBe('prometheus, version 9.9.9\n');
    expect(isDownloaded(pinned)).toBe(true);
    expect(await get()).toBe(both[0]);
    expect(mirror.asked).toEqual([path]);
    expect(readdirSync(join(root, 'downloads'))).toEqual([]);
    expect(lines[0]).toBe('Downloading Prometheus 9.9.9 (first start only, about 1 MB) …');
  });

  it('is refused where its sum is wrong, and nothing of it is kept', async () => {
    const { mirror, archive, get, lines, kept } = await stand();
    const wrong = sha256(Buffer.from('another file'));
    expect(await get(release({ sha256: wrong }))).toBeUndefined();
    expect(kept()).toEqual(['downloads']);
    expect(lines.at(-1)).toBe(
      `Prometheus 9.9.9 was not downloaded: ${mirror.url}${path} has the SHA-256 ${sha256(archive)} and should have ${wrong}, so it was refused and taken away.`,
    );
    expect(tells(await get())).toContain('9.9.9');
  });

  it.each([true, false])('that breaks off is gone on with (ranges: %s)', async (takesRanges) => {
    const { mirror, archive, get, cutAt } = await stand();
    mirror.takesRanges = takesRanges;
    mirror.cuts = 1;
    cutAt(100_000);
    expect(tells(await get())).toContain('9.9.9');
    expect(mirror.asked).toHaveLength(2);
    expect(mirror.asked[1]).toMatch(/ bytes=\d+-$/);
    expect(archive.length).toBeGreaterThan(300_000);
  });

  it('that could not be ended is gone on with by the next start', async () => {
    const { mirror, part, get, lines, cutAt } = await stand();
    cutAt(50_000);
    mirror.takesRanges = false;
    expect(await get()).toBeUndefined();
    expect(lines.at(-1)).toMatch(/^Prometheus 9\.9\.9 was not downloaded: .* broke off \(.+\)\.$/);
    expect(sizeOf(part)).toBe(50_000);

    Object.assign(mirror, { cutAfter: undefined, takesRanges: true } satisfies Partial<FileServer>);
    mirror.asked.length = 0;
    expect(tells(await get())).toContain('9.9.9');
    expect(mirror.asked).toEqual([`${path} bytes=50000-`]);
  });

  it('is fetched anew where what is there is no beginning of it, or all of it', async () => {
    const { archive, root, part, pinned, get, lines } = await stand();
    mkdirSync(join(root, 'downloads'), { recursive: true });
    writeFileSync(part, archive);
    expect(tells(await get())).toContain('9.9.9');

    writeFileSync(part, 'nothing of the kind');
    const next = { ...pinned, entry: 'prometheus-9.9.9-release-1' };
    writeFileSync(join(root, 'downloads', `${next.entry}.tar.gz`), 'nothing of the kind');
    expect(await get(next)).toBeUndefined();
    expect(lines.at(-1)).toContain('was refused and taken away');
    expect(tells(await get(next))).toContain('9.9.9');
  });

  it('that is not there, or is no archive of the program, is told and left', async () => {
    const { mirror, get, lines, kept } = await stand();
    expect(await get(release({ sha256: '0', file: 'another.tar.gz' }))).toBeUndefined();
    expect(lines.at(-1)).toMatch(/was not downloaded: .*another\.tar\.gz answers 404\.$/);

    const text = Buffer.from('no archive');
    mirror.files.set(path, text);
    expect(await get(release({ sha256: sha256(text) }))).toBeUndefined();
    expect(lines.at(-1)).toContain('it could not be unpacked');

    const other = archiveOf({ 'folder/another-program': '#!/bin/sh\n' });
    mirror.files.set(path, other);
    expect(await get(release({ sha256: sha256(other) }))).toBeUndefined();
    expect(lines.at(-1)).toContain('has no prometheus in it');
    expect(kept().filter((name) => !/\.log(\.previous)?$/.test(String(name)))).toEqual([
      'downloads',
    ]);
  });

  it('is asked of nobody where downloads are off, and of nobody who is away for long', async () => {
    const { mirror, get, lines } = await stand();
    vi.stubEnv('TOPOLOG_DOWNLOADS', 'off');
    expect(await get()).toBeUndefined();
    expect([mirror.asked, lines]).toEqual([[], []]);
    vi.stubEnv('TOPOLOG_DOWNLOADS', 'http://127.0.0.1:9');
    expect(await get()).toBeUndefined();
    expect(lines.at(-1)).toMatch(/was not downloaded: http:\/\/127\.0\.0\.1:9\/.+\.$/);
  });

  it('that comes no further is given up', async () => {
    const { mirror } = await stand();
    Object.assign(mirror, { cutAfter: 1000, cutWhen: () => false } satisfies Partial<FileServer>);
    const into = join(temporaryDirectory(), 'part');
    const got = download(new URL(`${mirror.url}${path}`), into, { quietMs: 200 });
    await expect(got).rejects.toThrow(/broke off/);
  });
});

describe('the sum of a release that is not pinned', () => {
  it('is in the list that the release has', async () => {
    const { mirror, archive, get, lines } = await stand();
    mirror.files.set(list, Buffer.from(`${sha256(Buffer.from('x'))}  other.tar.gz\n`));
    expect(await get(release())).toBeUndefined();
    expect(lines.at(-1)).toContain(`sha256sums.txt has no sum of ${file}`);
    expect(mirror.asked).toEqual([list]);

    mirror.files.set(list, Buffer.from(`${sha256(Buffer.from('x'))}  ${file}\n`));
    expect(await get(release())).toBeUndefined();
    expect(lines.at(-1)).toContain('was refused and taken away');

    mirror.files.set(list, Buffer.from(`${sha256(archive)} *${file}\n`));
    expect(tells(await get(release()))).toContain('9.9.9');
  });

  it('is believed of nobody without TLS beyond this machine', async () => {
    const url = new URL('http://mirror.example/sha256sums.txt');
    await expect(sumFrom(url, file)).rejects.toThrow(/comes without TLS: use an https mirror/);
  });
});

describe('the pinned releases', () => {
  const names = ['temporal', 'prometheus', 'neo4j', 'java'] as const;
  const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

  it.each(names)('have %s for every usual platform, verified', (name) => {
    for (const platform of platforms) {
      const found = releaseOf(name, platform);
      expect(found?.file, platform).toMatch(/\.tar\.gz$/);
      expect(found?.from).toMatch(/^https:\/\//);
      if (found?.sha256 === undefined) expect(found?.sums).toBe('sha256sums.txt');
      else expect(found.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(releaseOf(name, 'win32-x64')).toBeUndefined();
  });

  it('lie under the program and its version on a mirror', () => {
    const java = releaseOf('java', 'linux-x64');
    if (java === undefined) throw new Error('no Java');
    expect(urlOf(java, java.file, new URL('https://mirror.example/of/mine/')).href).toBe(
      'https://mirror.example/of/mine/java/21.0.11%2B10/OpenJDK21U-jre_x64_linux_hotspot_21.0.11_10.tar.gz',
    );
    expect(urlOf(java, java.file, 'official').href).toBe(
      'https://github.com/adoptium/temurin21-binaries/releases/download/jdk-21.0.11%2B10/OpenJDK21U-jre_x64_linux_hotspot_21.0.11_10.tar.gz',
    );
  });

  it.each(['ftp://mirror.example', 'yes', 'https://me:secret@mirror.example'])(
    'are not taken from %s',
    (said) => {
      expect(() => downloadsFrom({ TOPOLOG_DOWNLOADS: said })).toThrow(
        'TOPOLOG_DOWNLOADS must be the URL of a mirror, without a user or password, or off: mend it.',
      );
    },
  );
});
