import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { freePort, startProcess, waitReady } from '../../dev/stack/index.mjs';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** A process of the built Topolog on the tests' servers. */
export interface AppProcess {
  readonly pid: number;
  readonly url: string;
  readonly logFile: string;
  /** Ends with the exit code, `null` when a signal ended it. */
  readonly exited: Promise<{ code: number | null }>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts and ends processes for one test file; `env` is what all of them are told. */
export function createProcesses(env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-app-'));
  const started: AppProcess[] = [];

  async function start(
    name: 'worker' | 'server',
    healthPath: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<AppProcess> {
    const port = await freePort();
    const running = await startProcess({
      name,
      command: process.execPath,
      args: [join(dist, `${name}.js`)],
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        NEO4J_URI: inject('neo4jUri'),
        PORT: String(port),
        WORKER_PORT: String(port),
        ...env,
        ...more,
      },
      logFile: join(folder, `${name}-${port}.log`),
      graceMs: 35_000,
    });
    const url = `http://127.0.0.1:${port}`;
    await waitReady(running, async () => {
      const response = await fetch(`${url}${healthPath}`).catch(() => null);
      await response?.arrayBuffer();
      return response?.status === 200;
    });
    const app = { ...running, url };
    started.push(app);
    return app;
  }

  return {
    startWorker: (more?: Readonly<Record<string, string>>) => start('worker', '/health', more),
    startServer: () => start('server', '/api/v1/health/ready'),
    async stopAll() {
      await Promise.all(started.map((app) => app.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
