import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from '../../src/api/http-server.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { serviceRow, standing } from './doubles.ts';
import { createLimitedApp, type LimitedOptions } from './limited-app.ts';
import { answerTo, open, readToEnd } from './raw-client.ts';

const logger = createLogger({ level: 'silent', process: 'test' });
const impatient = {
  headersTimeout: 200,
  requestTimeout: 400,
  connectionsCheckingInterval: 50,
  silenceTimeout: 500,
};

async function serve(options: LimitedOptions = {}) {
  const { app, lines } = createLimitedApp({ trustedProxies: ['127.0.0.1'], ...options });
  const server = await listen(app, { host: '127.0.0.1', port: 0, logger, patience: impatient });
  onTestFinished(() => server.close());
  /** The status for a client at this address, as a proxy would tell. */
  const statusFor = async (address: string, path = '/api/v1/services') => {
    const response = await fetch(server.url + path, { headers: { 'X-Forwarded-For': address } });
    await response.arrayBuffer();
    return response.status;
  };
  return { url: server.url, statusFor, lines };
}

describe('a slow client', () => {
  it('that never ends its headers is closed, and others are answered meanwhile', async () => {
    const { url, statusFor } = await serve();
    const slow = await Promise.all(Array.from({ length: 50 }, () => open(url)));
    const answers = slow.map(readToEnd);
    for (const socket of slow) socket.write('GET /api/v1/graph HTTP/1.1\r\nHost: localhost\r\nX-A');
    expect(await statusFor('192.0.2.1')).toBe(200);
    for (const { status, contentType, text } of await Promise.all(answers)) {
      expect([status, contentType]).toEqual([408, 'application/problem+json']);
      expect(text).toContain('"code":"RequestTooSlow"');
    }
  });

  it('that never ends its body is closed, which is no fault of ours', async () => {
    const { url, lines } = await serve();
    const socket = await open(url);
    const answer = readToEnd(socket);
    socket.write(
      'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"kind"',
    );
    await answer;
    const ofRequest = () => lines.filter(({ msg }) => msg === 'request');
    await vi.waitFor(() => expect(ofRequest()).toHaveLength(1));
    expect(ofRequest()).toMatchObject([{ level: 30, status: 499 }]);
  });

  it('that goes in the middle of its body is no fault of ours either', async () => {
    const { url, lines } = await serve();
    const socket = await open(url);
    // The server says "go on" once it has read the headers.
    const heard = once(socket, 'data');
    socket.write(
      'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n{"kind"',
    );
    await heard;
    socket.resetAndDestroy();
    const ofRequest = () => lines.filter(({ msg }) => msg === 'request');
    await vi.waitFor(() => expect(ofRequest()).toHaveLength(1));
    expect(ofRequest()).toMatchObject([{ level: 30, status: 499 }]);
  });

  it('that does not read a big answer holds up only itself, until it is closed', async () => {
    const services = Array.from({ length: 60_000 }, (_, i) => serviceRow(`shop:service-${i}`));
    const big = { services, dependencies: [], truncated: false, ...standing };
    const { url, statusFor } = await serve({
      inFlight: { perCaller: 1, perProcess: 1 },
      queries: { graph: async () => big },
    });
    const socket = await open(url);
    socket.pause();
    socket.write(
      'GET /api/v1/graph HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.9\r\n\r\n',
    );
    // It has its one answer to read.
    await vi.waitFor(async () => expect(await statusFor('192.0.2.9')).toBe(429), 5000);
    expect(await statusFor('192.0.2.1')).toBe(200);
    await vi.waitFor(async () => expect(await statusFor('192.0.2.9')).toBe(200), 5000);
    const { text } = await readToEnd(socket.resume());
    expect(text.length).toBeLessThan(JSON.stringify(services).length);
  });

  it('that sends headers without end is told that they are too large', async () => {
    const { url } = await serve();
    const { status, contentType, text } = await answerTo(
      url,
      `GET /api/v1/graph HTTP/1.1\r\nHost: localhost\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect([status, contentType]).toEqual([431, 'application/problem+json']);
    expect(text).toContain('"code":"HeadersTooLarge"');
  });

  it('that sends chunks without end is told that they are too many', async () => {
    const { url } = await serve();
    const socket = await open(url);
    const answer = readToEnd(socket);
    socket.write(
      'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
    );
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    for (let i = 0; i < 32 && !socket.destroyed; i += 1) socket.write(chunk);
    const { status, text } = await answer;
    expect(status).toBe(413);
    expect(text).toContain('"code":"PayloadTooLarge"');
  });
});
