import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dataDir = mkdtempSync(join(tmpdir(), 'topolog-start-'));
// Below the ports that the system gives to connections.
const offset = 10_000 + (process.pid % 13_000);
const api = `http://127.0.0.1:${8000 + offset}/api/v1`;

const graphSchema = z.object({
  services: z.array(z.object({ id: z.string(), kind: z.string() })),
  dependencies: z.array(z.object({ id: z.string(), modes: z.array(z.string()) })),
});

async function graph(): Promise<z.output<typeof graphSchema>> {
  const response = await fetch(`${api}/graph`);
  return graphSchema.parse(await response.json());
}

/** Starts the stack as a person does and waits for its table. */
async function start(...options: string[]) {
  const args = ['dev/start.mjs', '--data', dataDir, '--port-offset', String(offset), ...options];
  // Without the servers that this machine may have configured.
  const { TEMPORAL_ADDRESS, NEO4J_URI, PROMETHEUS_URL, PORT, ...env } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await vi.waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(output);
      return output.includes('Topolog is running');
    },
    { timeout: 120_000, interval: 100 },
  );
  return {
    output: () => output,
    async stop() {
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

/** What the command line prints beside the stack, with the settings that it left there. */
function cli(...args: string[]): string {
  const command = [`--env-file=${join(dataDir, 'env')}`, join(root, 'dist', 'cli.js'), ...args];
  return execFileSync(process.execPath, command, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
}

/** Command lines of what still runs on this test's data. */
function left(): string[] {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return processes.filter((line) => line.includes(dataDir));
}

describe('npm start', () => {
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('shows the demo shop within two minutes, stops without a trace, and finds its data again', async () => {
    const first = await start();
    expect(first.output()).toContain(api);
    const shown = await vi.waitUntil(
      async () => {
        const now = await graph();
        return now.dependencies.length > 15 ? now : false;
      },
      { timeout: 120_000, interval: 1000 },
    );
    const kinds = new Set(shown.services.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['service', 'database', 'external', 'user']));
    expect(shown.dependencies.some(({ modes }) => modes.includes('async'))).toBe(true);
    expect(cli('rebuild', '--check')).toContain('Left: 0 beliefs, 0 pasts, impacts of 0.');
    expect(await first.stop()).toBe(0);
    expect(left()).toEqual([]);

    const second = await start('--no-demo');
    expect((await graph()).dependencies.length).toBeGreaterThanOrEqual(shown.dependencies.length);
    expect(await second.stop()).toBe(0);
    expect(left()).toEqual([]);
  }, 400_000);
});
