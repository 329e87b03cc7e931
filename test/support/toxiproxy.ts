import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../dev/stack/build.mjs';
import { freePort, startProcess, waitReady } from '../../dev/stack/index.mjs';
import { linesOnly } from '../../dev/stack/progress.mjs';

/** What a proxy does to its connections, as Toxiproxy names it. */
export interface Toxic {
  readonly type: 'latency' | 'reset_peer' | 'bandwidth';
  readonly stream?: 'upstream' | 'downstream';
  /** The share of connections that it befalls. */
  readonly toxicity?: number;
  readonly attributes: Readonly<Record<string, number>>;
}

/** The way to one server, which can be cut and made bad. */
export interface Way {
  /** host:port in the place of the server's own. */
  readonly address: string;
  /** Ends all connections and takes no new ones. */
  cut(): Promise<void>;
  poison(toxic: Toxic): Promise<void>;
  /** All is as at first. */
  mend(): Promise<void>;
}

/** A real Toxiproxy, on the loopback. */
export async function startToxiproxy() {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-toxiproxy-'));
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name: 'Toxiproxy',
    command: join(await ensureBuilt('toxiproxy', linesOnly(log)), 'server'),
    args: ['-host', '127.0.0.1', '-port', String(port)],
    logFile: join(folder, 'toxiproxy.log'),
  });
  const call = async (method: 'POST' | 'DELETE', path: string, body?: unknown) => {
    const response = await fetch(`${url}${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    await response.arrayBuffer();
  };
  await waitReady(
    running,
    async () => (await fetch(`${url}/version`).catch(() => null))?.ok === true,
  );

  return {
    async wayTo(name: string, upstream: string): Promise<Way> {
      const address = `127.0.0.1:${await freePort()}`;
      await call('POST', '/proxies', { name, listen: address, upstream, enabled: true });
      let toxics = 0;
      return {
        address,
        cut: () => call('POST', `/proxies/${name}`, { enabled: false }),
        poison: (toxic) => {
          toxics += 1;
          return call('POST', `/proxies/${name}/toxics`, { name: `toxic-${toxics}`, ...toxic });
        },
        async mend() {
          for (; toxics > 0; toxics -= 1) {
            await call('DELETE', `/proxies/${name}/toxics/toxic-${toxics}`);
          }
          await call('POST', `/proxies/${name}`, { enabled: true });
        },
      };
    },
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
