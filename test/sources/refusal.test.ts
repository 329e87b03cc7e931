import { describe, expect, it } from 'vitest';
import { refusalOf, statusSaidIn, unreachable } from '../../src/sources/refusal.ts';

const asItIs = (text: string) => text;
const ofPrometheus = (errorType: string, error: string) =>
  JSON.stringify({ status: 'error', errorType, error });
const kindOf = (status: number, text: string) => {
  const { error, again } = refusalOf(status, text, asItIs);
  return [error.code, error.details.reason ?? null, again];
};

const invalid = ['InvalidMetrics', null, false];
const tooHeavy = ['QueryTooHeavy', 'rejected', false];
const tooLong = ['QueryTooHeavy', 'timeout', false];
const away = ['PrometheusUnavailable', null, true];
const refused = ['PrometheusUnavailable', null, false];

describe('a status', () => {
  it.each<[number, string, unknown[]]>([
    [400, ofPrometheus('bad_data', '1:5: parse error: unexpected end of input'), invalid],
    [400, 'Bad Request', invalid],
    [401, 'no', refused],
    [403, 'no', refused],
    [404, '404 page not found', refused],
    [405, 'Method Not Allowed', refused],
    [413, 'Request Entity Too Large', tooHeavy],
    [414, 'URI Too Long', tooHeavy],
    [418, 'short and stout', refused],
    [422, ofPrometheus('execution', 'too many samples'), tooHeavy],
    [422, ofPrometheus('execution', 'whatever it is'), tooHeavy],
    [429, 'slow down', away],
    [431, 'Request Header Fields Too Large', tooHeavy],
    [500, 'oops', away],
    [501, 'Not Implemented', refused],
    [502, '<html>Bad gateway</html>', away],
    [503, ofPrometheus('unavailable', 'starting up'), away],
    [503, ofPrometheus('timeout', 'query timed out in expression evaluation'), tooLong],
    [504, 'Gateway time-out', tooLong],
    [599, '', away],
  ])('%i has its meaning: %s', (status, text, kind) => {
    expect(kindOf(status, text)).toEqual(kind);
  });
});

describe('a server of its own kind', () => {
  it.each<[string, number, string, string, unknown[]]>([
    [
      'VictoriaMetrics',
      400,
      '400',
      "too long query; got 20000 bytes; mustn't exceed `-search.maxQueryLen=16384` bytes",
      tooHeavy,
    ],
    [
      'VictoriaMetrics',
      422,
      '422',
      'error when executing query="x" for (time=1, step=1): the number of matching timeseries exceeds 300000; either narrow down the search or increase -search.max* command-line flag values',
      tooHeavy,
    ],
    [
      'VictoriaMetrics',
      422,
      '422',
      'cannot select more than -search.maxSamplesPerQuery=1000 samples',
      tooHeavy,
    ],
    [
      'VictoriaMetrics',
      422,
      '422',
      'error when executing query="sum(" for (time=1, step=1): cannot parse "sum(": unexpected token',
      invalid,
    ],
    [
      'VictoriaMetrics',
      400,
      '400',
      'error when executing query="too many samples" for (time=1): unexpected token',
      invalid,
    ],
    [
      'VictoriaMetrics',
      429,
      '429',
      "couldn't start executing the request in 10.000 seconds, since -search.maxConcurrentRequests=8 concurrent requests are executed",
      away,
    ],
    [
      'Mimir',
      422,
      'execution',
      'the query exceeded the maximum number of chunks (limit: 2000000 chunks) (err-mimir-max-chunks-per-query)',
      tooHeavy,
    ],
    [
      'Mimir',
      400,
      'bad_data',
      'the query time range exceeds the limit (query length: 1h0m0s, limit: 1m0s) (err-mimir-max-query-length)',
      tooHeavy,
    ],
    [
      'Mimir',
      429,
      'too_many_requests',
      'the query exceeded the maximum number of series (err-mimir-max-series-per-query)',
      tooHeavy,
    ],
    ['Mimir', 429, 'too_many_requests', 'too many outstanding requests', away],
    [
      'Cortex',
      422,
      'execution',
      'the query hit the max number of series limit (limit: 1 series)',
      tooHeavy,
    ],
    [
      'Cortex',
      500,
      'internal',
      'rpc error: code = ResourceExhausted desc = grpc: received message larger than max',
      tooHeavy,
    ],
    ['Thanos', 500, 'internal', 'expanding series: exceeded chunks limit: limit 100', tooHeavy],
    [
      'Prometheus',
      400,
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries',
      tooHeavy,
    ],
    [
      'Prometheus',
      400,
      'bad_data',
      'query processing would load too many samples into memory in query execution',
      tooHeavy,
    ],
  ])('%s says with %i (%s): %s', (_, status, errorType, error, kind) => {
    expect(kindOf(status, ofPrometheus(errorType, error))).toEqual(kind);
  });
});

describe('what is said', () => {
  const saidOf = (status: number, text: string, clean = asItIs) =>
    refusalOf(status, text, clean).error.message;

  it.each([
    [401, 'no', /bearerToken, basicAuth, headers or params/],
    [403, 'no', /bearerToken, basicAuth, headers or params/],
    [
      404,
      '404 page not found',
      /url.*prefix.*\/prometheus, \/api\/prom or \/select\/0\/prometheus/,
    ],
    [400, 'unsupported path requested: "/api/v1/query"', /url.*prefix/],
    [400, 'Client sent an HTTP request to an HTTPS server.', /Write https:\/\//],
    [400, 'The plain HTTP request was sent to HTTPS port', /Write https:\/\//],
    [405, 'no', /neither by POST nor by GET/],
  ])('of %i (%s) is what helps', (status, text, says) => {
    expect(saidOf(status, text)).toMatch(says);
  });

  it('of a long text has its end, where the reason stands', () => {
    const query = `{client=~\\"${'pl-cart|'.repeat(2000)}\\"}`;
    const error = `error when executing query="${query}" for (time=1): ${'x'.repeat(1000)} the reason`;
    const message = saidOf(400, ofPrometheus('400', error));
    expect(message).toMatch(/query=… for .* … x*the reason$|the reason$/);
    expect(message).not.toContain('pl-cart');
    expect(message.length).toBeLessThan(600);
  });

  it('is cleaned before it is cut, so that no part of a secret is left', () => {
    const clean = (text: string) => text.replaceAll('hunter2'.repeat(20), '[secret]');
    const message = saidOf(
      400,
      `${'x'.repeat(100)}${'hunter2'.repeat(20)}${'y'.repeat(500)}`,
      clean,
    );
    expect(message).not.toContain('hunter');
  });
});

describe('an answer of 200', () => {
  it.each<[unknown, number | null]>([
    [{ status: 'error', errorType: 'bad_data', error: 'x' }, 400],
    [{ status: 'error', errorType: 'execution', error: 'x' }, 422],
    [{ status: 'error', errorType: 'timeout', error: 'x' }, 503],
    [{ status: 'error', errorType: '422', error: 'x' }, 422],
    [{ status: 'error', errorType: 'new', error: 'x' }, 500],
    [{ status: 'error' }, 500],
    [
      { status: 'success', data: { resultType: 'vector', result: [{ metric: { a: 'error' } }] } },
      null,
    ],
    [['error'], null],
  ])('that says %j means %s', (answer, status) => {
    expect(statusSaidIn(JSON.stringify(answer))).toBe(status);
  });

  it('that is no JSON says nothing', () => {
    expect(statusSaidIn('{"error"')).toBeNull();
  });
});

describe('a connection', () => {
  it('that ends may come again', () => {
    expect(unreachable(new Error('read ECONNRESET')).again).toBe(true);
  });

  it('over TLS to a server without it says what to write, and is not tried again', () => {
    const { error, again } = unreachable(new Error('EPROTO: ssl3_get_record:wrong version number'));
    expect(again).toBe(false);
    expect(error.message).toContain('write http:// in the source');
  });
});
