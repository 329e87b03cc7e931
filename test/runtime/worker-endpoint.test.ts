import type { AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveWorkerEndpoint } from '../../src/runtime/worker-endpoint.ts';

async function endpoint(isPolling: () => boolean, registry = new Registry()) {
  const server = await serveWorkerEndpoint({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    registry,
    isPolling,
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
}

describe('the endpoint of a worker', () => {
  it('is healthy while the worker polls, and no longer than that', async () => {
    let polling = true;
    const get = await endpoint(() => polling);
    const healthy = await get('/health');
    expect([healthy.status, await healthy.json()]).toEqual([200, { status: 'ok' }]);
    polling = false;
    const stopping = await get('/health');
    expect([stopping.status, await stopping.json()]).toEqual([503, { status: 'stopping' }]);
  });

  it('shows the metrics, in the format it says', async () => {
    const registry = new Registry();
    new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc(3);
    const get = await endpoint(() => true, registry);
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe(registry.contentType);
    expect(await response.text()).toContain('things_total 3');
  });

  it('answers 500 where a metric cannot be collected, and lives on', async () => {
    const registry = new Registry();
    new Counter({
      name: 'broken_total',
      help: 'Broken.',
      registers: [registry],
      collect() {
        throw new Error('broken');
      },
    });
    const get = await endpoint(() => true, registry);
    expect((await get('/metrics')).status).toBe(500);
    expect((await get('/health')).status).toBe(200);
  });

  it('has nothing else', async () => {
    const get = await endpoint(() => true);
    expect((await get('/')).status).toBe(404);
  });

  it('fails to start on a taken port, rather than without a word', async () => {
    const registry = new Registry();
    const options = {
      host: '127.0.0.1',
      allowedHosts: [],
      registry,
      isPolling: () => true,
    };
    const first = await serveWorkerEndpoint({ ...options, port: 0 });
    onTestFinished(() => void first.close());
    const { port } = first.address() as AddressInfo;
    await expect(serveWorkerEndpoint({ ...options, port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
