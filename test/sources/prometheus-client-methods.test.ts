import { describe, expect, it } from 'vitest';
import { toApplicationFailure } from '../../src/activities/failures.ts';
import { type Answer, errorOf, good, prometheusThat, status, vector } from './doubles.ts';

const at = Date.UTC(2026, 2, 1, 12);

/** A server that answers each method for itself. */
const each =
  (byPost: Answer, byGet: Answer): Answer =>
  (response, request) =>
    (request.method === 'POST' ? byPost : byGet)(response, request);
const methodsOf = (asked: readonly { method: string }[]) => asked.map(({ method }) => method);

describe('a server that takes questions by GET only', () => {
  it.each([403, 405, 501])('and says %i to POST is asked by GET from then on', async (code) => {
    const { client, asked, retries } = await prometheusThat([each(status(code, 'no'), good)]);
    expect((await client.query('sum(x) > 0', at)).samples).toHaveLength(1);
    expect((await client.query('y', at)).samples).toHaveLength(1);
    expect(methodsOf(asked)).toEqual(['POST', 'GET', 'GET']);
    expect(retries).toEqual([]);
    const [byPost, byGet] = asked;
    expect(byGet?.form.toString()).toBe(byPost?.form.toString());
    expect(byGet?.headers['content-type']).toBeUndefined();
    expect(byGet?.headers['content-length']).toBeUndefined();
  });

  it('and refuses a question for another reason is known by it', async () => {
    const wrong = status(400, '{"status":"error","errorType":"bad_data","error":"parse error"}');
    const { client, asked } = await prometheusThat([each(status(403), wrong)]);
    expect((await errorOf(client.query('x', at))).code).toBe('InvalidMetrics');
    expect((await errorOf(client.query('x', at))).code).toBe('InvalidMetrics');
    expect(methodsOf(asked)).toEqual(['POST', 'GET', 'GET']);
  });

  it('and is busy is asked again by GET', async () => {
    const { client, asked } = await prometheusThat([
      status(405),
      status(503),
      each(status(405), good),
    ]);
    expect((await client.query('x', at)).samples).toHaveLength(1);
    expect(methodsOf(asked)).toEqual(['POST', 'GET', 'GET']);
  });

  it('is not asked what is too long for a URL, which less of it may not be', async () => {
    const { client, asked } = await prometheusThat([each(status(405), good)]);
    await client.query('x', at);
    const error = await errorOf(client.query('x'.repeat(8000), at));
    expect([error.code, error.details.reason]).toEqual(['QueryTooHeavy', 'rejected']);
    expect(error.message).toMatch(/too long for a URL/);
    expect((await client.query('x'.repeat(7000), at)).samples).toHaveLength(1);
    expect(methodsOf(asked)).toEqual(['POST', 'GET', 'GET']);
  });

  it('is known by a short question, though a long one came first', async () => {
    const { client, asked } = await prometheusThat([each(status(403), good)]);
    expect((await errorOf(client.query('x'.repeat(9000), at))).code).toBe('QueryTooHeavy');
    expect((await client.query('x', at)).samples).toHaveLength(1);
    expect(methodsOf(asked)).toEqual(['POST', 'POST', 'GET']);
  });
});

describe('a server that takes questions by neither', () => {
  it.each([
    [403, 403],
    [403, 401],
    [405, 403],
    [403, 405],
  ])('and says %i to POST and %i to GET says so, and GET is not kept', async (post, get) => {
    const { client, asked } = await prometheusThat([each(status(post, 'p'), status(get, 'g'))]);
    for (let time = 0; time < 2; time += 1) {
      const error = await errorOf(client.query('x', at));
      expect(error.code).toBe('PrometheusUnavailable');
      expect(error.message).toContain(`${post} to POST, ${get} to GET`);
      expect(error.message).toMatch(/bearerToken, basicAuth, headers or params/);
    }
    expect(methodsOf(asked)).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it('for it has no such method is no matter of a key', async () => {
    const { client } = await prometheusThat([status(405, 'no')]);
    const error = await errorOf(client.query('x', at));
    expect(error.message).toMatch(/neither by POST nor by GET/);
  });

  it('but a key (401) is not tried by GET', async () => {
    const { client, asked } = await prometheusThat([status(401, 'no')]);
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect(methodsOf(asked)).toEqual(['POST']);
  });
});

describe('an error with status 200', () => {
  it.each([
    ['bad_data', 'InvalidMetrics', 1],
    ['execution', 'QueryTooHeavy', 1],
    ['timeout', 'QueryTooHeavy', 1],
    ['internal', 'PrometheusUnavailable', 4],
  ])('is an error all the same: %s', async (errorType, code, requests) => {
    const body = JSON.stringify({ status: 'error', errorType, error: 'the reason' });
    const { client, asked } = await prometheusThat([status(200, body)]);
    const error = await errorOf(client.query('x', at));
    expect(error.code).toBe(code);
    expect(error.message).toContain('the reason');
    expect(asked).toHaveLength(requests);
  });
});

describe('a server that asks to be left alone for a while', () => {
  async function waitsOf(headers: Record<string, string>, code = 429) {
    const waits: number[] = [];
    const { client, asked } = await prometheusThat([status(code, 'slow down', headers), good], {
      retryDelaysMillis: [2000, 4000],
      now: () => at,
      wait: async (millis) => void waits.push(millis),
    });
    expect((await client.query('x', at)).samples).toHaveLength(1);
    expect(asked).toHaveLength(2);
    return waits;
  }

  it.each<[string, Record<string, string>, number]>([
    ['some seconds', { 'retry-after': '7' }, 7000],
    ['until a date', { 'retry-after': new Date(at + 9000).toUTCString() }, 9000],
    ['until a date that is past', { 'retry-after': new Date(at - 9000).toUTCString() }, 2000],
    ['for less than we wait ourselves', { 'retry-after': '0' }, 2000],
    ['as long as one waits for', { 'retry-after': '30' }, 30_000],
    ['for no time that it says', {}, 2000],
    ['in words', { 'retry-after': 'soon' }, 2000],
  ])('is, %s', async (_, headers, millis) => {
    expect(await waitsOf(headers)).toEqual([millis]);
    expect(await waitsOf(headers, 503)).toEqual([millis]);
  });

  it('and goes on asking it is unavailable', async () => {
    const waits: number[] = [];
    const { client } = await prometheusThat([status(429, 'slow', { 'retry-after': '1' })], {
      wait: async (millis) => void waits.push(millis),
    });
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect(waits).toEqual([1000, 1000, 1000]);
  });

  it.each<[string, string, number]>([
    ['for a minute', '60', 60_000],
    ['until a date', new Date(at + 120_000).toUTCString(), 120_000],
    ['for hours, which are cut', '7200', 300_000],
    ['for ever, which is cut', '9'.repeat(400), 300_000],
  ])('%s is not asked again before, and says how long', async (_, header, retryAfterMillis) => {
    const waits: number[] = [];
    const { client, asked } = await prometheusThat(
      [status(503, 'slow', { 'retry-after': header }), good],
      { now: () => at, wait: async (millis) => void waits.push(millis) },
    );
    const error = await errorOf(client.query('x', at));
    expect([error.code, error.details.retryAfterMillis]).toEqual([
      'PrometheusUnavailable',
      retryAfterMillis,
    ]);
    expect(asked).toHaveLength(1);
    expect(waits).toEqual([]);
    expect(toApplicationFailure(error)).toMatchObject({ nextRetryDelay: retryAfterMillis });
  });
});

describe('TLS and plain HTTP mixed up', () => {
  it('is said, and not asked again', async () => {
    const { url } = await prometheusThat([good]);
    const mixed = await prometheusThat([good], { url: url.replace('http:', 'https:') });
    const error = await errorOf(mixed.client.query('x', at));
    expect(error.code).toBe('PrometheusUnavailable');
    expect(error.message).toContain("write http:// in the source's url");
    expect(mixed.retries).toEqual([]);
  });
});

describe('the values of a label', () => {
  it('are asked for by GET, within selectors and times', async () => {
    const body = '{"status":"success","data":["a","b"],"warnings":["cut"]}';
    const { client, asked } = await prometheusThat([status(200, body)]);
    const matchers = ['x{a="b"}', '{"dotted.name"}'];
    const answer = await client.labelValues('client', {
      matchers,
      startMillis: 1500,
      endMillis: 60_000,
    });
    expect(answer).toEqual({ values: ['a', 'b'], warnings: ['cut'] });
    expect(asked[0]?.method).toBe('GET');
    expect(asked[0]?.path).toMatch(/^\/api\/v1\/label\/client\/values\?/);
    expect(asked[0]?.form.getAll('match[]')).toEqual(matchers);
    expect([asked[0]?.form.get('start'), asked[0]?.form.get('end')]).toEqual(['1.500', '60.000']);
  });

  it('are those of all series without a selector, whatever the name of the label', async () => {
    const { client, asked } = await prometheusThat([
      status(200, '{"status":"success","data":null}'),
    ]);
    const bounds = { matchers: [], startMillis: 0, endMillis: 1000 };
    expect((await client.labelValues('a.b', bounds)).values).toEqual([]);
    expect(asked[0]?.path).toBe('/api/v1/label/U__a_2e_b/values?start=0.000&end=1.000');
  });

  it('are refused like a query', async () => {
    const { client } = await prometheusThat([status(422, 'too many series')]);
    const bounds = { matchers: ['x'], startMillis: 0, endMillis: 1000 };
    expect((await errorOf(client.labelValues('a', bounds))).code).toBe('QueryTooHeavy');
    const long = { ...bounds, matchers: [`x{a=~"${'b|'.repeat(5000)}"}`] };
    expect((await errorOf(client.labelValues('a', long))).message).toMatch(/too long for a URL/);
  });
});

describe('raw samples', () => {
  it('are asked for like an instant, and come with the warnings of the server', async () => {
    const body = JSON.stringify({
      status: 'success',
      warnings: ['one store did not answer'],
      data: { resultType: 'matrix', result: [{ metric: { a: 'b' }, values: [[1, '7']] }] },
    });
    const { client, asked } = await prometheusThat([status(200, body)]);
    expect(await client.queryRaw('x[20m]', at)).toEqual({
      series: [{ labels: { a: 'b' }, samples: [[1000, 7]] }],
      warnings: ['one store did not answer'],
    });
    expect(asked[0]?.path).toBe('/api/v1/query');
    expect(asked[0]?.form.get('query')).toBe('x[20m]');
  });

  it('are no vector', async () => {
    const { client } = await prometheusThat([status(200, vector())]);
    expect((await errorOf(client.queryRaw('x[20m]', at))).code).toBe('InvalidMetrics');
  });
});
