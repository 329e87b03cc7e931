import { describe, expect, it } from 'vitest';
import { defaultRetryDelaysMillis } from '../../src/sources/prometheus-client.ts';
import { errorOf, good, prometheusThat, status, vector } from './doubles.ts';

const at = Date.UTC(2026, 2, 1, 12, 0, 0, 250);

describe('a question', () => {
  it('is asked of the query API, with its own time and never the server clock', async () => {
    const { client, asked } = await prometheusThat([good]);
    await client.query('sum by (client) (x) >= 0', at);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.path).toBe('/api/v1/query');
    expect(asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(asked[0]?.form.get('query')).toBe('sum by (client) (x) >= 0');
    expect(asked[0]?.form.get('time')).toBe('1772366400.250');
  });

  it('tells the server how long its answer is waited for', async () => {
    const { client, asked } = await prometheusThat([good], { timeoutMillis: 12_345 });
    await client.query('x', at);
    expect(asked[0]?.form.get('timeout')).toBe('12345ms');
  });

  it('is sent under the prefix of the configured URL, whatever slashes end it', async () => {
    const { url, asked, dispatcher } = await prometheusThat([good]);
    const prefixed = await prometheusThat([good], { url: `${url}/mimir/prometheus//`, dispatcher });
    await prefixed.client.query('x', at);
    expect(asked.map(({ path }) => path)).toEqual(['/mimir/prometheus/api/v1/query']);
  });

  it('is answered by the samples and warnings of the server', async () => {
    const body = JSON.stringify({
      status: 'success',
      warnings: ['one store did not answer'],
      data: { resultType: 'vector', result: [{ metric: { client: 'é' }, value: [1, '0.5'] }] },
    });
    const { client } = await prometheusThat([status(200, body)]);
    expect(await client.query('x', at)).toEqual({
      samples: [{ labels: { client: 'é' }, value: 0.5 }],
      warnings: ['one store did not answer'],
    });
  });

  it('is read right where its packets end in the middle of characters', async () => {
    const client = '服'.repeat(4000);
    const series = Array(60).fill({ metric: { client }, value: [0, '7'] });
    const large = await prometheusThat([status(200, vector(...series))]);
    const { samples } = await large.client.query('x', at);
    expect(samples.every(({ labels }) => labels.client === client)).toBe(true);
  });
});

describe('a question that the server rejects', () => {
  it.each([
    [400, 'InvalidMetrics'],
    [422, 'InvalidMetrics'],
  ])('with %i is not asked again, and its own words are passed on', async (code, errorCode) => {
    const body = JSON.stringify({
      status: 'error',
      errorType: 'bad_data',
      error: 'invalid parameter "query": 1:5: parse error: unexpected end of input',
    });
    const { client, asked, retries } = await prometheusThat([status(code, body), good]);
    const error = await errorOf(client.query('sum(', at));
    expect(error.code).toBe(errorCode);
    expect(error.message).toContain('1:5: parse error: unexpected end of input');
    expect([asked.length, retries]).toEqual([1, []]);
  });

  it('with a long page is quoted in short', async () => {
    const { client } = await prometheusThat([status(400, '<p>\n'.repeat(10_000))]);
    expect((await errorOf(client.query('x', at))).message.length).toBeLessThan(400);
  });
});

describe('a refusal that asking again cannot change', () => {
  it.each([
    [401, 1],
    [403, 2],
    [404, 1],
  ])('%i is unavailable at once', async (code, requests) => {
    const { client, asked } = await prometheusThat([status(code, 'no')]);
    const error = await errorOf(client.query('x', at));
    expect(error.code).toBe('PrometheusUnavailable');
    expect(error.message).toContain(`${code}`);
    expect(asked).toHaveLength(requests);
  });

  it.each([301, 302, 307, 308])('%i is unavailable at once, and not followed', async (code) => {
    const elsewhere = await prometheusThat([good]);
    const location = `${elsewhere.url}/api/v1/query`;
    const { client, asked } = await prometheusThat([status(code, '', { location })]);
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect([asked.length, elsewhere.asked.length]).toEqual([1, 0]);
  });
});

it('by default a question is repeated after 2, 4 and 8 seconds', () => {
  expect(defaultRetryDelaysMillis).toEqual([2000, 4000, 8000]);
});
