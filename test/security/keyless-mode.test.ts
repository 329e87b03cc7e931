import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../src/api/http-server.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { bodyOf, createTestApp, json, type ProblemBody, type TestOptions } from '../api/doubles.ts';
import { answerTo } from '../api/raw-client.ts';

const logger = createLogger({ level: 'silent', process: 'test' });

/** The real HTTP server around an app that asks for no key. */
async function keyless(options: TestOptions = {}, host = '127.0.0.1'): Promise<string> {
  const server = await listen(createTestApp(options).app, { host, port: 0, logger });
  onTestFinished(() => server.close());
  return server.url;
}

/** Lines of a request's head; the answer's status. */
async function statusOf(url: string, ...lines: string[]): Promise<number> {
  const head = [...lines, 'Connection: close', '', ''].join('\r\n');
  return (await answerTo(url, head)).status;
}
const asked = 'GET /api/v1/graph HTTP/1.1';

/** Every route there is, with what a browser could send without being asked. */
const routes = createTestApp()
  .app.routes.filter(({ method }) => method !== 'ALL')
  .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, 'x') }));

describe('an API that asks for no key answers', () => {
  it.each([
    'localhost',
    'LocalHost',
    'localhost.',
    'localhost:8000',
    '127.0.0.1',
    '127.0.0.1:8000',
    '127.9.8.7',
    '[::1]',
    '[::1]:8000',
  ])('who asks it by the name %s', async (host) => {
    expect(await statusOf(await keyless(), asked, `Host: ${host}`)).toBe(200);
  });

  it.each([
    'evil.example',
    'EVIL.example.',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'localhost..',
    'localhost@evil.example',
    'evil.example@localhost',
    'user:password@localhost',
    'localhost:8000@evil.example',
    'localhost/evil.example',
    'localhost\\evil.example',
    'localhost#evil.example',
    'localhost, evil.example',
    'localhost evil.example',
    'localhost:99999',
    '[::2]',
    '[::1',
    '0.0.0.0',
    '[::]',
    '10.0.0.1',
    '128.0.0.1',
    '%6cocalhost.evil.example',
    '',
  ])('nobody who asks it by the name %j', async (host) => {
    const answer = await answerTo(
      await keyless(),
      `${asked}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 403]).toContain(answer.status);
    expect(answer.contentType).toBe('application/problem+json');
    expect(answer.text).not.toContain('"freshness"');
  });

  it('nobody who gives it two names, in whatever order, or none', async () => {
    const url = await keyless();
    const [own, evil] = ['Host: localhost', 'Host: evil.example'];
    for (const hosts of [[own, evil], [evil, own], [own, own], []]) {
      expect([400, 403]).toContain(await statusOf(url, asked, ...hosts));
    }
    expect([400, 403]).toContain(await statusOf(url, 'GET /api/v1/graph HTTP/1.0'));
  });

  it('nobody whose request line and Host do not both name it', async () => {
    const url = await keyless();
    const line = (authority: string) => `GET http://${authority}/api/v1/graph HTTP/1.1`;
    expect(await statusOf(url, line('localhost'), 'Host: localhost')).toBe(200);
    expect(await statusOf(url, line('evil.example'), 'Host: localhost')).toBe(403);
    expect(await statusOf(url, line('localhost'), 'Host: evil.example')).toBe(403);
    expect(await statusOf(url, line('localhost'))).toBe(403);
  });

  it('who asks it by a name, an address or a network that is allowed', async () => {
    const allowedHosts = ['Topolog.example', '10.1.0.0/16', 'fd00::1', 'api'];
    const url = await keyless({ access: { allowedHosts } });
    const statusAt = (host: string) => statusOf(url, asked, `Host: ${host}`);
    for (const host of ['topolog.example', 'TOPOLOG.example.:80', '10.1.2.3:8000', '[fd00::1]']) {
      expect([host, await statusAt(host)]).toEqual([host, 200]);
    }
    for (const host of ['x.topolog.example', 'topolog.example.evil.example', '10.2.0.1', 'apis']) {
      expect([host, await statusAt(host)]).toEqual([host, 403]);
    }
  });

  it('who asks it by the address that the connection came to', async () => {
    const own = Object.values(networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
    const url = await keyless({}, '0.0.0.0');
    const { port } = new URL(url);
    // A machine without a network has no such address; then there is nobody to ask by it.
    if (own !== undefined)
      expect((await fetch(`http://${own}:${port}/api/v1/graph`)).status).toBe(200);
    expect(await statusOf(url, asked, `Host: ${own ?? '10.0.0.1'}`)).toBe(403);
  });
});

describe('a page in a browser', () => {
  const at = (url: string, headers: Readonly<Record<string, string>>, init: RequestInit = {}) =>
    fetch(`${url}/api/v1/graph`, { ...init, headers });

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'http://localhost:1' },
    { Origin: 'http://127.0.0.1' },
    { Origin: 'null' },
    { Origin: 'http://localhost, http://evil.example' },
    { Origin: 'file://' },
    { Origin: '' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
  ])('of somebody else is refused: %j', async (headers) => {
    const url = await keyless();
    const response = await at(url, headers);
    expect(response.status).toBe(403);
    expect(await bodyOf<ProblemBody>(response)).toMatchObject({ code: 'ForeignRequest' });
    const preflight = await at(
      url,
      { ...headers, 'Access-Control-Request-Method': 'POST' },
      {
        method: 'OPTIONS',
      },
    );
    expect(preflight.status).toBe(403);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('that the API itself sent is answered, and what the person typed', async () => {
    const url = await keyless();
    for (const headers of [
      { Origin: url, 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
      {},
    ]) {
      expect((await at(url, headers)).status).toBe(200);
    }
  });

  it('of an origin that is named is answered, from another site too', async () => {
    const origin = 'https://grafana.example';
    const url = await keyless({ corsOrigins: [origin] });
    const response = await at(url, { Origin: origin, 'Sec-Fetch-Site': 'cross-site' });
    expect(response.status).toBe(200);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(origin);
    expect((await at(url, { Origin: 'https://evil.example' })).status).toBe(403);
  });

  it('starts no run', async () => {
    let isStarted = false;
    const url = await keyless({
      runs: {
        start: async () => {
          isStarted = true;
          throw new Error('started');
        },
      },
    });
    const { port } = new URL(url);
    const body = JSON.stringify({ kind: 'ingest' });
    const post = (...headers: string[]) =>
      statusOf(
        url,
        'POST /api/v1/runs HTTP/1.1',
        ...headers,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
        '',
        body,
      );
    // A page whose name was turned to this machine: for the browser it is of one origin with the API.
    expect(await post(`Host: evil.example:${port}`, `Origin: http://evil.example:${port}`)).toBe(
      403,
    );
    expect(await post(`Host: localhost:${port}`, 'Origin: https://evil.example')).toBe(403);
    expect(isStarted).toBe(false);
  });
});

describe('every route of an API that asks for no key', () => {
  it.each(routes)('$method $path refuses what was not meant for it', async ({ method, path }) => {
    const url = await keyless();
    const line = `${method} ${path} HTTP/1.1`;
    expect(await statusOf(url, line, 'Host: evil.example')).toBe(403);
    const own = 'Host: localhost';
    expect(await statusOf(url, line, own, 'Origin: https://evil.example')).toBe(403);
    expect(await statusOf(url, line, own, 'Sec-Fetch-Site: cross-site')).toBe(403);
  });

  it('refuses so also where there is no route', async () => {
    const url = await keyless();
    for (const method of ['GET', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect(await statusOf(url, `${method} /nothing HTTP/1.1`, 'Host: evil.example')).toBe(403);
    }
  });
});

describe('keys where none are asked for', () => {
  it.each([
    ['/api/v1/keys', json({ name: 'mine', scopes: ['admin'] })],
    ['/api/v1/keys/4fJ0aZ81xQc/rotate', json({ overlapSeconds: 0 })],
    ['/api/v1/keys/4fJ0aZ81xQc', { method: 'DELETE' }],
  ])('are not changed at %s', async (path, init) => {
    // The keys of the doubles throw when they are asked.
    const response = await fetch(`${await keyless()}${path}`, init);
    expect(response.status).toBe(403);
    expect(await bodyOf(response)).toMatchObject({
      code: 'KeylessMode',
      detail: expect.stringContaining('API_KEYS=required'),
    });
  });
});
