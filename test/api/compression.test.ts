import { gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createTestApp, dependencyRow, serviceRow, standing } from './doubles.ts';

const dependencies = Array.from({ length: 3000 }, (_, index) => ({
  ...dependencyRow(`shop:service-${index % 200}`, `shop:service-${(index * 17 + 5) % 211}`),
  id: `shop:service-${index % 200}~~shop:service-${index}`,
  requestsPerSecond: Math.round(((index * 7919) % 10_007) * 1.7) / 13,
  errorRatio: ((index * 104_729) % 997) / 9970,
}));
const graph = {
  services: dependencies.slice(0, 211).map((_, index) => serviceRow(`shop:service-${index}`)),
  dependencies,
  truncated: false,
  ...standing,
};

function asked() {
  const { app } = createTestApp({
    queries: { graph: async () => graph },
    tokens: { tokens: async () => ({ belief: 'a', evidence: 'b' }) },
    pages: {
      async *pages() {
        for (let begin = 0; begin < dependencies.length; begin += 500) {
          yield { ...graph, dependencies: dependencies.slice(begin, begin + 500) };
        }
      },
    },
  });
  return async (path: string, encoding?: string) => {
    const headers = encoding === undefined ? {} : { 'Accept-Encoding': encoding };
    const response = await app.request(path, { headers });
    return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };
}

const graphPath = '/api/v1/graph';

describe('an answer', () => {
  it.each([graphPath, `${graphPath}?format=ndjson`, `${graphPath}?format=graphml`])(
    '%s is compressed for who accepts that, and is much smaller then',
    async (path) => {
      const get = asked();
      const plain = await get(path);
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(plain.headers.get('vary')).toBe('Authorization, Accept, Accept-Encoding');
      const gzip = await get(path, 'br, gzip, deflate');
      expect(gzip.headers.get('content-encoding')).toBe('gzip');
      expect(gzip.headers.get('content-length')).toBeNull();
      expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true);
      expect(gzip.bytes.length / plain.bytes.length).toBeLessThan(0.15);
      expect(gzip.headers.get('etag')).toBe(plain.headers.get('etag'));
      const deflate = await get(path, 'deflate, gzip;q=0');
      expect(inflateSync(deflate.bytes).equals(plain.bytes)).toBe(true);
    },
  );

  it.each(['identity', 'br', 'gzip;q=0', ''])('is left as it is for %j', async (accepted) => {
    const { headers, bytes } = await asked()(graphPath, accepted);
    expect(headers.get('content-encoding')).toBeNull();
    expect(() => JSON.parse(bytes.toString())).not.toThrow();
  });

  it('is left as it is where it is small', async () => {
    const { headers, bytes } = await asked()('/api/v1/health', 'gzip');
    expect(headers.get('content-encoding')).toBeNull();
    expect(headers.get('vary')).toBe('Accept-Encoding');
    expect(JSON.parse(bytes.toString())).toMatchObject({ status: 'ok' });
  });

  it('is left as it is where it is a stream of events', async () => {
    const { app } = createTestApp();
    const headers = { 'Accept-Encoding': 'gzip' };
    const response = await app.request('/api/v1/changes/stream', { headers });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('content-encoding')).toBeNull();
    await response.body?.cancel();
  });

  it('is not compressed where it is not there', async () => {
    const { app } = createTestApp({
      tokens: { tokens: async () => ({ belief: 'a', evidence: 'b' }) },
    });
    const etag = (await app.request(graphPath)).headers.get('etag') ?? '';
    const headers = { 'Accept-Encoding': 'gzip', 'If-None-Match': etag };
    const response = await app.request(graphPath, { headers });
    expect(response.status).toBe(304);
    expect(response.headers.get('content-encoding')).toBeNull();
    const head = await app.request('/docs', { method: 'HEAD', headers });
    expect(head.headers.get('content-encoding')).toBeNull();
  });
});
