import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** A gzipped archive of scripts, by their paths in it; `padding` makes it larger by about that. */
export function archiveOf(scripts: Readonly<Record<string, string>>, padding = 0): Buffer {
  const folder = temporaryDirectory();
  for (const [path, script] of Object.entries(scripts)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  }
  const [first = ''] = Object.keys(scripts);
  writeFileSync(join(folder, dirname(first), 'NOTICE'), randomBytes(padding));
  const archive = join(temporaryDirectory(), 'archive.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', folder, ...readdirSync(folder)]);
  return readFileSync(archive);
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
