import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import neo4j from 'neo4j-driver';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  backfill,
  ensureServer,
  freePort,
  startNeo4j,
  startPrometheus,
  startTemporal,
  waitUntil,
} from '../../dev/stack/index.mjs';
import { processIdentity } from '../../dev/stack/lock.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

const lives = (pid: number) => processIdentity(pid) !== undefined;

async function cypher(uri: string, query: string) {
  const driver = neo4j.driver(uri, undefined, { disableLosslessIntegers: true });
  try {
    return (await driver.executeQuery(query)).records.map((record) => record.toObject());
  } finally {
    await driver.close();
  }
}

describe('Neo4j', () => {
  it('keeps its data over a stop, and a kill leaves no orphan', async () => {
    const dataDir = temporaryDirectory();
    const first = await startNeo4j({ dataDir });
    onTestFinished(() => first.kill());
    await cypher(first.uri, 'CREATE (:Thing {name: "kept"})');
    await first.stop();
    expect(await first.exited).toEqual({ code: 143, signal: null });

    const second = await startNeo4j({ dataDir });
    onTestFinished(() => second.kill());
    expect(await cypher(second.uri, 'MATCH (t:Thing) RETURN t.name AS name')).toEqual([
      { name: 'kept' },
    ]);
    await second.kill();
    expect([first, second].filter(({ pid }) => lives(pid))).toEqual([]);
  });
});

describe('Temporal', () => {
  it('answers with its namespace, UI included, and stops', async () => {
    const uiPort = await freePort();
    const temporal = await startTemporal({ dataDir: temporaryDirectory(), uiPort });
    onTestFinished(() => temporal.kill());
    expect((await fetch(`${temporal.uiUrl}/api/v1/namespaces/default`)).status).toBe(200);
    await temporal.stop();
    expect(lives(temporal.pid)).toBe(false);
  });

  it('says in one sentence why it did not start', async () => {
    const options = { dataDir: temporaryDirectory(), extraArgs: ['--no-such-flag'] };
    const sentence = /^Temporal stopped while it was starting: see .*temporal\.log \(.*\)\.$/;
    await expect(startTemporal(options)).rejects.toThrow(sentence);
  });
});

describe('Prometheus', () => {
  it('has what was written into its data before it started', async () => {
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'recorded.om');
    writeFileSync(
      file,
      '# TYPE calls counter\ncalls_total{client="a"} 1 1661140000\ncalls_total{client="a"} 9 1661140060\n# EOF\n',
    );
    await backfill({ file, dataDir });
    const prometheus = await startPrometheus({ dataDir, retention: '20y' });
    onTestFinished(() => prometheus.kill());
    const asked = await fetch(`${prometheus.url}/api/v1/query?query=calls_total&time=1661140061`);
    expect(await asked.json()).toMatchObject({
      data: { result: [{ metric: { client: 'a' }, value: [1661140061, '9'] }] },
    });
    await prometheus.stop();
    expect(lives(prometheus.pid)).toBe(false);
  });

  it('refuses a file that is no recording, in one sentence', async () => {
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'broken.om');
    writeFileSync(file, 'calls_total{ 1\n');
    await expect(backfill({ file, dataDir })).rejects.toThrow(/could not be written .* promtool/);
  });

  it('is stopped when the process that started it is killed', async () => {
    const index = fileURLToPath(new URL('../../dev/stack/index.mjs', import.meta.url));
    const script = `
      import { startPrometheus } from ${JSON.stringify(index)};
      const { pid } = await startPrometheus({ dataDir: ${JSON.stringify(temporaryDirectory())} });
      console.log(pid);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [said] = await once(launcher.stdout, 'data');
    const pid = Number(String(said));
    expect(lives(pid)).toBe(true);
    launcher.kill('SIGKILL');
    expect(await waitUntil(() => !lives(pid), { timeoutMs: 10_000 })).toBe(true);
  });
});

describe('a program on the PATH', () => {
  function onPath(name: string, says: string) {
    const bin = temporaryDirectory();
    writeFileSync(join(bin, name), `#!/bin/sh\necho '${says}'\n`);
    chmodSync(join(bin, name), 0o755);
    vi.stubEnv('PATH', `${bin}:${process.env.PATH}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    return join(bin, name);
  }

  it.each([
    ['prometheus', 'prometheus, version 3.4.1 (branch: HEAD)'],
    ['temporal', 'temporal version 1.5.0 (Server 1.29.1, UI 2.42.1)'],
    ['neo4j', '2026.08.0'],
  ] as const)('is taken where it is new enough: %s', async (name, says) => {
    const command = onPath(name, says);
    expect(await ensureServer(name)).toEqual({ name, from: 'path', command, args: [] });
  });

  it.each([
    ['prometheus', 'TOPOLOG_PROMETHEUS_PROGRAM', 'prometheus, version 3.4.1'],
    ['temporal', 'TOPOLOG_TEMPORAL_PROGRAM', 'temporal version 1.5.0'],
    ['neo4j', 'TOPOLOG_NEO4J_PROGRAM', '5.26.0'],
  ] as const)('comes after the one that is configured: %s', async (name, setting, says) => {
    onPath(name, says);
    const own = onPath(name, says);
    vi.stubEnv(setting, own);
    const configured = { name, from: 'configured', command: own, args: [] };
    expect(await ensureServer(name)).toEqual(configured);
    vi.stubEnv(setting, onPath(name, '0.9.1'));
    await expect(ensureServer(name)).rejects.toThrow(
      new RegExp(`^${setting} is .*, which is version 0\\.9\\.1; \\w+ \\d or newer is needed`),
    );
    vi.stubEnv(setting, '/nowhere/at/all');
    await expect(ensureServer(name)).rejects.toThrow(/which cannot be run/);
  });

  it('is passed over where it is too old, and it is said', async () => {
    const command = onPath('prometheus', 'prometheus, version 2.42.0+ds (branch: debian/sid)');
    const lines: string[] = [];
    const program = await ensureServer('prometheus', { log: (line) => lines.push(line) });
    expect(program.from).toBe('cache');
    expect(lines[0]).toBe(`${command} is 2.42.0; Prometheus 3 or newer is needed, so it is left.`);
  });
});
