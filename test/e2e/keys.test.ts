import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { createKeyRecords } from '../../src/graph/key-records.ts';
import { createKeys } from '../../src/keys/keys.ts';
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
  beforeAll(async () => {
    graph = await openTestGraph();
  });
  afterAll(async () => {
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

  it('makes a key, shows it without its secret, rotates it and ends it', async () => {
    const created = await keys('create', '--name', 'grafana', '--scope', 'read');
    const [, id = ''] = keyText.exec(created.stdout) ?? [];
    const rotated = await keys('rotate', id, '--overlap', '1h');
    expect(keyText.exec(rotated.stdout)?.[1]).toBe(id);
    expect(rotated.stdout).not.toBe(created.stdout);
    const { stdout } = await keys('list');
    expect(stdout).toMatch(new RegExp(`${id} +grafana +active +read +everything +never +never`));
    expect(stdout).not.toContain('topolog_');
    expect((await keys('revoke', id)).stdout).toContain(`${id} is revoked`);
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
  });
});

describe('two replicas of the API', () => {
  const processes = createProcesses({ API_KEYS: 'required', LOG_LEVEL: 'debug' });
  let graph: TestGraph;
  let one: string;
  let other: string;
  let logs: readonly string[];

  beforeAll(async () => {
    graph = await openTestGraph();
    const started = await Promise.all([processes.startServer(), processes.startServer()]);
    [one = '', other = ''] = started.map(({ url }) => url);
    logs = started.map(({ logFile }) => logFile);
  });
  afterAll(async () => {
    await processes.stopAll();
    await graph.close();
  });

  it('know a key that one of them makes, and both refuse it within 10 s of its end', async () => {
    const records = createKeyRecords(graph.database);
    const { key: admin, text: adminText } = await createKeys({
      records,
      randomBytes,
      now: Date.now,
    }).create(
      { name: 'admin', scopes: ['admin'], environments: null, teams: null, expiresAtMillis: null },
      'the test',
    );
    const ask = (url: string, key: string, path: string, init: RequestInit = {}) =>
      fetch(`${url}/api/v1/${path}`, {
        ...init,
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      });
    const statusOf = async (url: string, key: string) => {
      const response = await ask(url, key, 'graph');
      await response.arrayBuffer();
      return response.status;
    };
    const created = await ask(one, adminText.reveal(), 'keys', {
      method: 'POST',
      body: JSON.stringify({ name: 'grafana', scopes: ['read'] }),
    });
    const { key, text } = z
      .object({ key: z.object({ id: z.string() }), text: z.string() })
      .parse(await created.json());
    expect([await statusOf(one, text), await statusOf(other, text)]).toEqual([200, 200]);
    expect((await fetch(`${one}/api/v1/graph`)).status).toBe(401);

    const revoked = await ask(one, adminText.reveal(), `keys/${key.id}`, { method: 'DELETE' });
    const revokedAt = performance.now();
    expect(revoked.status).toBe(200);
    expect(await statusOf(one, text)).toBe(401);
    await vi.waitUntil(async () => (await statusOf(other, text)) === 401, {
      timeout: 30_000,
      interval: 50,
    });
    expect(performance.now() - revokedAt).toBeLessThan(10_000);

    for (const log of logs.map((file) => readFileSync(file, 'utf8'))) {
      expect(log).toContain(key.id);
      for (const secret of [text, adminText.reveal()]) expect(log).not.toContain(secret.slice(20));
    }
    expect(readFileSync(logs[0] ?? '', 'utf8')).toMatch(
      new RegExp(`"audit":true,"keyId":"${admin.id}".*"subject":"${key.id}","outcome":"done"`),
    );
  });
});
