import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { requireFreePorts, startProcess, waitUntil } from '../../dev/stack/index.mjs';
import { parseOptions } from '../../dev/start/options.mjs';
import { planStack } from '../../dev/start/plan.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A checkout of its own, with the real launcher and a stand-in for Topolog. */
export function checkout(build = 'cp -r app/. dist'): string {
  const root = temporaryDirectory();
  cpSync(here('../../dev'), join(root, 'dev'), { recursive: true });
  cpSync(here('../../.env.example'), join(root, '.env.example'));
  const app = join(root, 'app');
  mkdirSync(app);
  mkdirSync(join(root, 'dist'));
  for (const name of ['server.js', 'worker.js'])
    cpSync(here('./stub-app/server.js'), join(app, name));
  writeFileSync(join(app, 'cli.js'), 'console.log("migrated");\n');
  mkdirSync(join(app, 'runtime'));
  mkdirSync(join(app, 'sources'));
  writeFileSync(
    join(app, 'runtime', 'config.js'),
    'export function loadConfig(env) { if (env.WRONG) throw new Error(env.WRONG); return {}; }\n',
  );
  writeFileSync(
    join(app, 'sources', 'configured-sources.js'),
    'export function sourcesOf() { return []; }\n',
  );
  const name = { name: 'stand-in', version: '1.0.0' };
  const json = (file: string, value: object) =>
    writeFileSync(join(root, file), JSON.stringify(value));
  json('package.json', { ...name, type: 'module', scripts: { build } });
  json('package-lock.json', { ...name, lockfileVersion: 3, packages: { '': name } });
  return root;
}

/** An offset at which every port of a stack is free. */
export async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = 1000 + Math.floor(Math.random() * 20_000);
    const { ports } = planStack(parseOptions(['--port-offset', String(offset)], {}), {});
    const free = await requireFreePorts(ports).then(
      () => true,
      () => false,
    );
    if (free) return offset;
  }
}

/** Runs `node dev/start.mjs` there, without what the environment of the tests configures. */
export async function npmStart(root: string, args: string[], env: Record<string, string> = {}) {
  const foreign = /^(TEMPORAL_|NEO4J_|PROMETHEUS_URL|OTEL_GRAPH_|PORT$|WORKER_PORT|TOPOLOG_|npm_)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const running = await startProcess({
    name: 'npm start',
    command: process.execPath,
    args: [join(root, 'dev', 'start.mjs'), ...args],
    cwd: root,
    env: { ...Object.fromEntries(own), TOPOLOG_DOWNLOADS: 'off', ...env },
    logFile: join(root, `output-${Math.random()}`),
    graceMs: 60_000,
  });
  onTestFinished(() => running.stop());
  const said = () => readFileSync(running.logFile, 'utf8');
  const says = (text: string) =>
    waitUntil(() => said().includes(text) || !running.isRunning(), { timeoutMs: 300_000 });
  return { ...running, said, says };
}
