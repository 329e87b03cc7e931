import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildKey, cached } from '../../dev/stack/cache.mjs';
import { processIdentity, tryLock } from '../../dev/stack/lock.mjs';
import { waitUntil } from '../../dev/stack/wait.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

const script = fileURLToPath(new URL('./build-in-cache.mjs', import.meta.url));

function start(root: string, milliseconds: number): ChildProcess & { said: Promise<string> } {
  const child = spawn(process.execPath, [script, root, String(milliseconds)]);
  onTestFinished(() => void child.kill('SIGKILL'));
  return Object.assign(child, { said: text(child.stdout) });
}

const buildsIn = (root: string) => readFileSync(join(root, 'builds'), 'utf8').trim().split('\n');

describe('the build cache', () => {
  it('builds once when two start at once, and the second says that it waits', async () => {
    const root = temporaryDirectory();
    const both = [start(root, 700), start(root, 700)];
    const said = await Promise.all(both.map((one) => one.said));
    expect(buildsIn(root)).toHaveLength(1);
    expect(said.every((text) => text.includes(`built ${join(root, 'thing-1')}`))).toBe(true);
    expect(said.filter((text) => text.includes('waiting for'))).toHaveLength(1);
    expect(readdirSync(root).sort()).toEqual(['builds', 'thing-1']);
  });

  it('leaves no half entry when the builder is killed, and the next start takes over', async () => {
    const root = temporaryDirectory();
    const first = start(root, 60_000);
    const building = () => existsSync(join(root, 'builds'));
    expect(await waitUntil(building, { timeoutMs: 10_000 })).toBe(true);
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(existsSync(join(root, 'thing-1'))).toBe(false);
    expect(existsSync(join(root, 'thing-1.lock'))).toBe(true);

    await start(root, 10).said;
    expect(readdirSync(join(root, 'thing-1')).sort()).toEqual(['first', 'second']);
    expect(readdirSync(root).sort()).toEqual(['builds', 'thing-1']);
  });

  it('leaves nothing when a build fails, and tries anew', async () => {
    const root = temporaryDirectory();
    const entry = { name: 'thing-1', root, onWait: () => {} };
    const fails = () => Promise.reject(new Error('no'));
    await expect(cached({ ...entry, build: fails })).rejects.toThrow('no');
    expect(readdirSync(root)).toEqual([]);
    const works = () => Promise.resolve();
    expect(await cached({ ...entry, build: works })).toBe(join(root, 'thing-1'));
  });

  it('has another key when a file or a flag changes', () => {
    const file = join(temporaryDirectory(), 'go.mod');
    writeFileSync(file, 'one');
    const key = buildKey([file], ['-a']);
    expect(buildKey([file], ['-a'])).toBe(key);
    expect(buildKey([file], ['-b'])).not.toBe(key);
    writeFileSync(file, 'two');
    expect(buildKey([file], ['-a'])).not.toBe(key);
  });
});

describe('the lock', () => {
  it('is refused while its holder lives, and names it', () => {
    const path = join(temporaryDirectory(), 'lock');
    const held = tryLock(path);
    expect(tryLock(path)).toMatchObject({ heldBy: { pid: process.pid } });
    if ('release' in held) held.release();
    expect(tryLock(path)).toHaveProperty('release');
  });

  it('is taken from a dead holder, also where its pid was given to somebody else', () => {
    const path = join(temporaryDirectory(), 'lock');
    expect(processIdentity(process.pid)).toBeTruthy();
    writeFileSync(path, `${process.pid}\nstarted at another time\nx\n`);
    expect(tryLock(path)).toHaveProperty('release');
  });
});
