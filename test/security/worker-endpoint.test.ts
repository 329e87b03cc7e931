import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveWorkerEndpoint } from '../../src/runtime/worker-endpoint.ts';
import { answerTo } from '../api/raw-client.ts';

async function worker(): Promise<string> {
  const server = await serveWorkerEndpoint({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: ['worker'],
    registry: new Registry(),
    isPolling: () => true,
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(['/health', '/metrics'])('%s of a worker', (path) => {
  const statusOf = async (...lines: string[]) => {
    const head = [`GET ${path} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n');
    return (await answerTo(await worker(), head)).status;
  };

  it.each(['localhost:8001', '127.0.0.1', '[::1]:8001', 'worker:8001'])(
    'is there for who asks %s',
    async (host) => {
      expect(await statusOf(`Host: ${host}`)).toBe(200);
    },
  );

  it.each([
    ['Host: evil.example:8001'],
    ['Host: localhost', 'Host: evil.example'],
    [],
    ['Host: localhost', 'Origin: https://evil.example'],
    ['Host: localhost', 'Sec-Fetch-Site: cross-site'],
  ])('is not there for a page of somebody else: %j %j', async (...lines) => {
    expect(await statusOf(...lines.filter((line) => line !== undefined))).toBe(403);
  });
});
