import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { createProcesses } from '../support/processes.ts';
import { emptied } from '../support/story.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `topolog keys …` as a process of its own. */
function keys(...args: string[]): Promise<Ended> {
  const env = { ...process.env, NEO4J_URI: inject('neo4jUri') };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'keys', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const keyText = /^topolog_([0-9A-Za-z]{11})_[0-9A-Za-z]{49}\n$/;

describe('keys on the command line', () => {
  let graph: TestGraph;
  let folder: string;
  const processes = createProcesses({ API_KEYS: 'required', LOG_LEVEL: 'debug' });

  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(async () => {
    await processes.stopAll();
    await graph.close();
  });
  beforeEach(async () => {
    await emptied(graph);
    folder = mkdtempSync(join(tmpdir(), 'topolog-keys-'));
    return () => rmSync(folder, { recursive: true, force: true });
  });

  it('makes one first key for ten processes at once, in a file of its owner', async () => {
    const file = join(folder, 'key');
    const ended = await Promise.all(
      Array.from({ length: 10 }, () => keys('bootstrap', '--out', file)),
    );
    const made = ended.filter(({ code }) => code === 0);
    expect(made).toHaveLength(1);
    const text = readFileSync(file, 'utf8');
    const [, id = ''] = keyText.exec(text) ?? [];
    expect(made[0]?.stderr).toContain(`Made ${id}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    // Some came after the file was there, the others after the key was.
    for (const { code, stderr } of ended.filter((one) => one.code !== 0)) {
      if (code === 1) expect(stderr).toContain('exists');
      else expect([code, stderr]).toEqual([3, expect.stringContaining('There is a key already')]);
    }
    expect(readdirSync(folder)).toEqual(['key']);
    expect(await graph.cypher('MATCH (k:Key) RETURN k.id AS id')).toEqual([{ id }]);
    for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toContain(text.slice(20));
  });

  it('prints the first key where no file is named, to standard output alone', async () => {
    const first = await keys('bootstrap');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(keyText);
    expect(first.stderr).not.toContain(first.stdout.trim());
    expect(await keys('bootstrap')).toMatchObject({ code: 3, stdout: '' });
  });

  it('makes a key that two replicas know, and that both refuse within 10 s of its end', async () => {
    const [one, other] = [await processes.startServer(), await processes.startServer()];
    const created = await keys('create', '--name', 'grafana', '--scope', 'read');
    const text = created.stdout.trim();
    const id = text.split('_')[1] ?? '';
    const statusOf = async ({ url }: { url: string }, key = text) => {
      const response = await fetch(`${url}/api/v1/graph`, {
        headers: { Authorization: `Bearer ${key}` },
      });
      await response.arrayBuffer();
      return response.status;
    };
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
    expect((await fetch(`${one.url}/api/v1/graph`)).status).toBe(401);
    expect((await keys('list')).stdout).toMatch(new RegExp(`${id} +grafana +active +read`));

    const rotated = await keys('rotate', id, '--overlap', '1h');
    const fresh = rotated.stdout.trim();
    expect(fresh.split('_')[1]).toBe(id);
    await vi.waitUntil(async () => (await statusOf(other, fresh)) === 200, {
      timeout: 10_000,
      interval: 100,
    });
    expect(await statusOf(other)).toBe(200);

    const revokedAt = performance.now();
    expect((await keys('revoke', id)).stdout).toContain(`${id} is revoked`);
    for (const replica of [one, other]) {
      await vi.waitUntil(async () => (await statusOf(replica, fresh)) === 401, {
        timeout: 10_000,
        interval: 100,
      });
      expect(await statusOf(replica)).toBe(401);
    }
    // With the time that the command took.
    expect(performance.now() - revokedAt).toBeLessThan(30_000);
    expect((await keys('list', '--json')).stdout).toContain('"state":"revoked"');
    for (const { logFile } of [one, other]) {
      const log = readFileSync(logFile, 'utf8');
      expect(log).toContain(id);
      for (const secret of [text, fresh]) expect(log).not.toContain(secret.slice(20));
    }
  });

  it('says what is wrong with a wish', async () => {
    const wrong = async (...args: string[]) => {
      const { code, stderr, stdout } = await keys(...args);
      expect([code, stdout]).toEqual([1, '']);
      return stderr;
    };
    expect(await wrong('revoke', 'nobody')).toContain('There is no key "nobody"');
    expect(
      await wrong('create', '--name', 'x', '--scope', 'run', '--environment', 'live'),
    ).toContain('cannot have the scope run');
    expect(await wrong('create', '--name', 'x', '--scope', 'everything')).toContain('read');
  });
});
