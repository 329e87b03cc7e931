import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpServer, listen } from '../../src/api/http-server.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { createTestApp } from './doubles.ts';
import { answerTo, type RawAnswer } from './raw-client.ts';

const runs = { numRuns: 150 };
const jsonType = 'Content-Type: application/json';

/** Any bytes, as text of one byte each. */
const bytes = fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all).toString('latin1'));
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
const knownMethod = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
const knownPath = fc.constantFrom(
  '/api/v1/services',
  '/api/v1/services/a/dependencies',
  '/api/v1/graph',
  '/api/v1/runs',
  '/api/v1/changes',
  '/api/v1/windows',
  '/api/v1/health',
  '/api/dependencies',
  '/docs',
);
const printable = fc.stringMatching(/^[!-~]{0,60}$/);

describe('whatever bytes arrive', () => {
  let server: HttpServer;
  let lines: Record<string, unknown>[];

  beforeAll(async () => {
    const made = createTestApp();
    lines = made.lines;
    const logger = createLogger({ level: 'silent', process: 'test' });
    server = await listen(made.app, { host: '127.0.0.1', port: 0, logger });
  });
  afterAll(() => server.close());

  /** No fault of ours, and what is refused is refused with a problem. */
  function expectFair({ status, contentType, text }: RawAnswer, method = 'GET'): void {
    expect(status, text).not.toBeGreaterThanOrEqual(500);
    if (status >= 400) expect(contentType, text).toBe('application/problem+json');
    if (status >= 400 && method !== 'HEAD') expect(text).toMatch(/"code":"[A-Z]\w+"/);
  }

  const request = (method: string, target: string, headers: string[], body = '') =>
    answerTo(
      server.url,
      [
        `${method} ${target} HTTP/1.1`,
        'Host: localhost',
        'Connection: close',
        ...headers,
        '',
        body,
      ].join('\r\n'),
    );
  const post = (body: string, headers: string[] = [jsonType]) =>
    request(
      'POST',
      '/api/v1/runs',
      [...headers, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`],
      body,
    );
  /** JSON travels as UTF-8, the helper sends one byte a character. */
  const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

  test.prop([bytes], runs)('they are no request, or one that is answered', async (all) => {
    expectFair(await answerTo(server.url, `${all}\r\n\r\n`));
  });

  test.prop([fc.oneof(knownMethod, token), fc.oneof(knownPath, printable), printable], runs)(
    'any method and path is answered',
    async (method, path, query) => {
      expectFair(await request(method, `${path}?${query}`, []), method);
    },
  );

  test.prop(
    [knownPath, fc.array(fc.tuple(fc.oneof(token, bytes), bytes), { maxLength: 10 })],
    runs,
  )('any headers are answered', async (path, pairs) => {
    expectFair(
      await request(
        'GET',
        path,
        pairs.map(([name, value]) => `${name}: ${value}`),
      ),
    );
  });

  test.prop(
    [
      fc.constantFrom(
        'Accept',
        'Authorization',
        'Content-Length',
        'Expect',
        'Host',
        'If-None-Match',
        'Last-Event-ID',
        'Origin',
        'Range',
        'Transfer-Encoding',
        'Upgrade',
        'X-Forwarded-For',
        'X-Request-Id',
      ),
      fc.oneof(printable, fc.integer().map(String), bytes),
      knownPath,
      knownMethod,
    ],
    runs,
  )('any value of a header that means something is answered', async (name, value, path, method) => {
    expectFair(await request(method, path, [`${name}: ${value}`]), method);
  });

  test.prop(
    [
      fc.oneof(
        fc.json(),
        fc.json({ maxDepth: 50 }).map((text) => `{"kind":${text}}`),
      ),
    ],
    runs,
  )('any JSON is answered', async (body) => {
    expectFair(await post(utf8(body)));
  });

  test.prop(
    [fc.oneof(bytes, fc.string()), fc.oneof(fc.constant('application/json'), printable)],
    runs,
  )('any body of any type is answered', async (body, type) => {
    expectFair(await post(utf8(body), [`Content-Type: ${type}`]));
  });

  it.each([
    ['deep arrays', '['.repeat(60_000)],
    ['deep arrays that close', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['deep objects', '{"kind":'.repeat(8000)],
    ['a prototype', '{"__proto__":{"kind":"ingest"},"constructor":{"prototype":{"a":1}}}'],
    ['a prototype beside what is known', '{"kind":"ingest","__proto__":{"source":"x"}}'],
    ['a huge number', `{"kind":"ingest","source":${'9'.repeat(1000)}}`],
    ['a number beyond any', '{"kind":"ingest","from":1e999999}'],
    ['a lone surrogate', '{"kind":"ingest","source":"\\ud800"}'],
    ['nothing', ''],
    ['a byte order mark', '\xef\xbb\xbf{"kind":"ingest"}'],
    ['broken UTF-8', '{"kind":"ingest","source":"\xff\xfe"}'],
  ])('%s is answered', async (_, body) => {
    expectFair(await post(body));
  });

  it('the last of duplicate keys counts, and a known one at that', async () => {
    expect((await post('{"kind":"x","kind":"ingest"}')).status).toBe(202);
    expect((await post('{"kind":"ingest","kind":"x"}')).status).toBe(400);
    expect(({} as Record<string, unknown>).kind).toBeUndefined();
  });

  it.each([
    ['no Host', 'GET /api/v1/graph HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [
      'two lengths',
      'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
    ],
    [
      'a length and chunks',
      'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['a version of its own', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['a line break in a value', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b\rX-C: d\r\n\r\n'],
    ['a NUL', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: \0\r\n\r\n'],
  ])('a request with %s is refused with a problem', async (_, all) => {
    const answer = await answerTo(server.url, all);
    expect(answer.status).toBe(400);
    expectFair(answer);
  });

  it('nothing of it is logged as a fault', () => {
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});
