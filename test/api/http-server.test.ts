import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/api/http-server.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { createTestApp, json, standing, type TestOptions } from './doubles.ts';

const logger = createLogger({ level: 'silent', process: 'test' });

async function serve(options: TestOptions = {}) {
  const server = await listen(createTestApp(options).app, { host: '127.0.0.1', port: 0, logger });
  return { server, url: server.url };
}

async function closing(options: TestOptions = {}) {
  const { server, url } = await serve(options);
  onTestFinished(() => server.close());
  return url;
}

/** What the server answers to these bytes. */
async function answerTo(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  socket.end(bytes);
  await once(socket, 'close');
  return answer;
}

describe('the HTTP server', () => {
  it('answers at the address it tells', async () => {
    const url = await closing();
    expect((await fetch(`${url}/api/v1/health`)).status).toBe(200);
  });

  it('says in one sentence that its port is in use', async () => {
    const port = Number(new URL(await closing()).port);
    const second = listen(createTestApp().app, { host: '127.0.0.1', port, logger });
    await expect(second).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      message: `Port ${port} of 127.0.0.1 is in use: stop what uses it, or set PORT to another.`,
    });
  });

  it('answers a malformed Host header with a problem', async () => {
    const answer = await answerTo(
      await closing(),
      'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
  });

  it('takes bodies in chunks, and refuses them once they are too large', async () => {
    const url = await closing();
    const chunked = (size: number) => {
      const body = JSON.stringify({ kind: 'ingest', source: 'x'.repeat(size) });
      const { headers } = json('');
      const stream = new Blob([body]).stream();
      return fetch(`${url}/api/v1/runs`, { method: 'POST', headers, body: stream, duplex: 'half' });
    };
    expect((await chunked(100)).status).toBe(202);
    const refused = await chunked(100_000);
    expect(refused.status).toBe(413);
    expect(refused.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it('finishes the requests it is answering when it closes, and takes no more', async () => {
    let finish = () => {};
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { server, url } = await serve({
      queries: {
        graph: async () => {
          asked();
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          return { services: [], dependencies: [], truncated: false, ...standing };
        },
      },
    });
    const answering = fetch(`${url}/api/v1/graph`);
    await isAsked;
    const startedAt = performance.now();
    const closed = server.close();
    await expect(fetch(`${url}/api/v1/health`)).rejects.toThrow();
    finish();
    expect((await answering).status).toBe(200);
    await closed;
    // Well below the keep-alive time that the connection would otherwise be held for.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
