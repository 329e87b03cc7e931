import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemKinds } from '../../src/api/problem.ts';
import { AppError, errorCodes } from '../../src/runtime/errors.ts';
import { bodyOf, createTestApp, json, type ProblemBody } from './doubles.ts';

const secret = 'bolt://neo4j:hunter2@10.0.0.7:7687';

const failing = (error: unknown) =>
  createTestApp({
    queries: {
      graph: async () => {
        throw error;
      },
    },
  });

async function problemOf(response: Response) {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  return bodyOf<ProblemBody>(response);
}

describe('every error code', () => {
  it.each(errorCodes)('%s is answered as a problem with its own status and title', async (code) => {
    const response = await failing(new AppError(code, 'What to change.')).app.request(
      '/api/v1/graph',
    );
    expect(response.status).toBe(problemKinds[code].status);
    expect(await problemOf(response)).toMatchObject({
      type: `urn:topolog:problem:${code}`,
      title: problemKinds[code].title,
      status: problemKinds[code].status,
      instance: '/api/v1/graph',
      code,
      requestId: response.headers.get('X-Request-Id'),
    });
  });

  it.each(errorCodes.filter((code) => problemKinds[code].status >= 500))(
    '%s shows neither its message nor its cause',
    async (code) => {
      const error = new AppError(code, `Neo4j: ${secret}`, {
        cause: new Error(secret),
        details: { errors: [{ pointer: secret, detail: secret }], candidates: [secret] },
      });
      const response = await failing(error).app.request('/api/v1/graph');
      expect(await response.text()).not.toMatch(/hunter2|10\.0\.0\.7/);
    },
  );

  it.each(errorCodes.filter((code) => problemKinds[code].status === 503))(
    '%s says when to try again',
    async (code) => {
      const response = await failing(new AppError(code, 'x')).app.request('/api/v1/graph');
      expect(response.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/);
    },
  );

  it.each(errorCodes.filter((code) => problemKinds[code].status < 500))(
    '%s shows its own message',
    async (code) => {
      const response = await failing(new AppError(code, 'What to change.')).app.request(
        '/api/v1/graph',
      );
      expect(await problemOf(response)).toMatchObject({ detail: 'What to change.' });
    },
  );
});

describe('an unexpected error', () => {
  it('is a 500 without internals, and is logged with its stack on the request line', async () => {
    const { app, lines } = failing(new Error(secret));
    const response = await app.request('/api/v1/graph');
    expect(response.status).toBe(500);
    const problem = await problemOf(response);
    expect(problem.code).toBe('Internal');
    expect(JSON.stringify(problem)).not.toMatch(/hunter2|\.ts/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ status: 500, requestId: problem.requestId });
    expect(JSON.stringify(lines[0])).toContain('hunter2');
  });

  it('of a row that is not as expected is a 500, not the fault of the caller', async () => {
    const error = z.object({ id: z.string() }).safeParse({ id: 1 }).error;
    const response = await failing(error).app.request('/api/v1/graph');
    expect(response.status).toBe(500);
    expect(await problemOf(response)).not.toHaveProperty('errors');
  });
});

describe('a path or method that is not there', () => {
  it.each(['/nope', '/api/v1/', '/api/v2/services', '/docs/nope.js', '/api/v1/services/'])(
    '%s is a problem',
    async (path) => {
      const response = await createTestApp().app.request(path);
      expect(response.status).toBe(404);
      expect(await problemOf(response)).toMatchObject({ code: 'RouteNotFound', instance: path });
    },
  );

  it('is told apart from a method that the path does not take', async () => {
    const response = await createTestApp().app.request('/api/v1/runs', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('POST, GET, HEAD');
    expect(await problemOf(response)).toMatchObject({ code: 'MethodNotAllowed' });
  });

  it('keeps the instance percent-encoded', async () => {
    const response = await createTestApp().app.request('/a%2Fb%20%22c');
    expect(await problemOf(response)).toMatchObject({ instance: '/a%2Fb%20%22c' });
  });
});

describe('a body', () => {
  const post = (init: RequestInit) => createTestApp().app.request('/api/v1/runs', init);

  it.each(['{', '', '{"kind":"ingest"', 'kind=ingest', '\u0000'])(
    'that is not JSON (%j) is a 400',
    async (body) => {
      const response = await post(json(body));
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({ code: 'InvalidRequest' });
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'of type %s is a 415',
    async (type) => {
      const init = { ...json({ kind: 'ingest' }), headers: { 'Content-Type': type } };
      const response = await post(init);
      expect(response.status).toBe(415);
      expect(await problemOf(response)).toMatchObject({ code: 'UnsupportedMediaType' });
    },
  );

  it('without a type is a 415', async () => {
    const body = new TextEncoder().encode('{"kind":"ingest"}');
    const response = await post({ method: 'POST', body });
    expect(response.status).toBe(415);
  });

  it('may be JSON with a charset', async () => {
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await post({ ...json({ kind: 'ingest' }), headers })).status).toBe(202);
  });

  it('over 64 KiB is a 413, also when its length is not announced', async () => {
    const big = JSON.stringify({ kind: 'ingest', source: 'x'.repeat(65 * 1024) });
    const announced = json(big);
    const headers = { ...announced.headers, 'Content-Length': String(big.length) };
    for (const init of [announced, { ...announced, headers }]) {
      const response = await post(init);
      expect(response.status).toBe(413);
      expect(await problemOf(response)).toMatchObject({ code: 'PayloadTooLarge' });
    }
  });
});
