import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, requireFreePorts } from '../../dev/stack/ports.mjs';
import { requireConfigured } from '../../dev/start/configured.mjs';
import { parseOptions } from '../../dev/start/options.mjs';
import { planStack } from '../../dev/start/plan.mjs';

async function takenPort(): Promise<number> {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return port;
}

describe('ports', () => {
  it('names a taken one, what it is for and the remedy, in one sentence', async () => {
    const port = await takenPort();
    const env = { PORT: String(port) };
    const api = planStack(parseOptions([], env), env).ports.slice(0, 1);
    await expect(requireFreePorts(api)).rejects.toThrow(
      `Port ${port} (the API) is already in use: stop what holds it, or move it with ` +
        `\`PORT=${port + 10} npm start\`, or move every port with \`npm start -- --port-offset 100\`.`,
    );
  });

  it('refuses one that is meant for two', async () => {
    const port = await freePort();
    const env = { PORT: String(port), WORKER_PORT: String(port) };
    await expect(requireFreePorts(planStack(parseOptions([], env), env).ports)).rejects.toThrow(
      `Port ${port} is meant for the API and for the worker's health and metrics: choose another.`,
    );
  });

  it('accepts free ones, and gives out none twice', async () => {
    const some = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(new Set(some).size).toBe(20);
    await requireFreePorts(some.map((port) => ({ port, what: 'a test', remedy: 'wait' })));
  });
});

describe('configured servers', () => {
  const plan = (env: Record<string, string>) => planStack(parseOptions([], env), env);

  it.each(['TEMPORAL_ADDRESS', 'NEO4J_URI', 'PROMETHEUS_URL'])(
    'are refused in one sentence when nothing answers: %s',
    async (name) => {
      const address = `127.0.0.1:${await freePort()}`;
      const schemes: Record<string, string> = {
        NEO4J_URI: 'bolt://user:secret@',
        PROMETHEUS_URL: 'http://user:secret@',
      };
      const refused = requireConfigured(plan({ [name]: `${schemes[name] ?? ''}${address}` }));
      await expect(refused).rejects.toThrow(/nothing answers there: start that server, or unset/);
      await expect(refused).rejects.not.toThrow(/secret/);
    },
  );

  it('are refused when they are no address at all', async () => {
    await expect(requireConfigured(plan({ PROMETHEUS_URL: 'mimir' }))).rejects.toThrow(
      'PROMETHEUS_URL must be a URL, not “mimir”: mend it or unset it.',
    );
  });

  it('must speak Bolt where Bolt is expected', async () => {
    const uri = `bolt://127.0.0.1:${await takenPort()}`;
    await expect(requireConfigured(plan({ NEO4J_URI: uri }))).rejects.toThrow(/nothing answers/);
  });
});
