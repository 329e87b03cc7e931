import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../dev/stack/ports.mjs';
import { type Answer, errorOf, good, prometheusThat, reset, silence, status } from './doubles.ts';

const at = Date.UTC(2026, 2, 1, 12);
const minute = 60_000;

const passing: [string, Answer][] = [
  ['429', status(429, 'slow down')],
  ['500', status(500, 'oops')],
  ['502', status(502, '<html>Bad gateway</html>')],
  ['503', status(503, '{"status":"error","errorType":"unavailable","error":"starting up"}')],
  ['a connection that is reset', reset],
];

describe('what may pass', () => {
  it.each(passing)('is asked again, up to three times: %s', async (_, bad) => {
    const { client, asked, retries } = await prometheusThat([bad, bad, bad, good]);
    expect((await client.query('x', at)).samples).toEqual([{ labels: { client: 'a' }, value: 7 }]);
    expect(asked).toHaveLength(4);
    expect(retries).toEqual(
      [1, 2, 3].map((attempt) => ({ code: 'PrometheusUnavailable', attempt })),
    );
  });

  it.each(passing)('is unavailable after the third repetition: %s', async (_, bad) => {
    const { client, asked } = await prometheusThat([bad, bad, bad, bad, good]);
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect(asked).toHaveLength(4);
  });

  it('asks the same question for the same time again', async () => {
    const { client, asked } = await prometheusThat([status(503), reset, good]);
    await client.query('x', at);
    expect(new Set(asked.map(({ form }) => form.toString())).size).toBe(1);
  });

  it('says in the end what the server said last', async () => {
    const body = '{"status":"error","errorType":"unavailable","error":"no store is ready"}';
    const { client } = await prometheusThat([reset, status(503, body)]);
    const error = await errorOf(client.query('x', at));
    expect(error.message).toBe('Prometheus answered 503: no store is ready');
  });

  it('is given up as soon as an answer shows that it does not pass', async () => {
    const { client, asked } = await prometheusThat([status(503), status(400, 'no'), good]);
    expect((await errorOf(client.query('x', at))).code).toBe('InvalidMetrics');
    expect(asked).toHaveLength(2);
  });

  it('is asked again as often as there are delays', async () => {
    const { client, asked } = await prometheusThat([status(503)], { retryDelaysMillis: [] });
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect(asked).toHaveLength(1);
  });

  it('is a port nobody listens on', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { client, retries } = await prometheusThat([good], { url });
    const error = await errorOf(client.query('x', at));
    expect(error.code).toBe('PrometheusUnavailable');
    expect(error.message).toMatch(/^Prometheus cannot be reached: .*ECONNREFUSED/);
    expect(retries).toHaveLength(3);
  });
});

describe('what is too much', () => {
  it.each<[string, Answer, string]>([
    ['never comes', silence, 'no answer within 30 ms'],
    ['stops in the middle', (response) => void response.write('{"status":'), 'within 30 ms'],
    [
      'says that it took too long',
      status(503, '{"status":"error","errorType":"timeout","error":"query timed out"}'),
      '503: query timed out',
    ],
    ['a proxy did not wait for', status(504, 'Gateway time-out'), '504: Gateway time-out'],
  ])('is what takes too long, and not asked again at once: %s', async (_, stalling, says) => {
    const timeoutMillis = says.includes('30 ms') ? 30 : 60_000;
    const { client, asked } = await prometheusThat([stalling], { timeoutMillis });
    const error = await errorOf(client.query('x', at));
    expect([error.code, error.details.reason]).toEqual(['QueryTooHeavy', 'timeout']);
    expect(error.message).toContain(says);
    expect(asked).toHaveLength(1);
  });

  it('is what the server could not execute, and not asked again', async () => {
    const body = '{"status":"error","errorType":"execution","error":"too many samples"}';
    const { client, asked } = await prometheusThat([status(422, body), good]);
    const error = await errorOf(client.query('x', at));
    expect([error.code, error.details.reason]).toEqual(['QueryTooHeavy', 'rejected']);
    expect(error.message).toContain('422): too many samples');
    expect(asked).toHaveLength(1);
  });
});

describe('a question that is called off', () => {
  const reason = new Error('the run was cancelled');

  it('beforehand is never asked', async () => {
    const { client, asked } = await prometheusThat([good]);
    await expect(client.query('x', at, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(asked).toEqual([]);
  });

  it('while its answer is waited for ends at once, with the reason, and is not asked again', async () => {
    const controller = new AbortController();
    const { client, asked } = await prometheusThat([() => controller.abort(reason)]);
    await expect(client.query('x', at, controller.signal)).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });

  it('in the middle of its answer ends at once, with the reason', async () => {
    const controller = new AbortController();
    const half: Answer = (response) =>
      void response.write('{"status":', () => controller.abort(reason));
    const { client, asked } = await prometheusThat([half]);
    await expect(client.query('x', at, controller.signal)).rejects.toBe(reason);
    expect(asked).toHaveLength(1);
  });

  /** A question that waits a minute for its first repetition, and is called off meanwhile. */
  async function calledOffWhileWaiting() {
    const controller = new AbortController();
    const { client, asked } = await prometheusThat([status(503), good], {
      retryDelaysMillis: [minute],
      onRetry: () => setImmediate(() => controller.abort(reason)),
    });
    const thrown = await client.query('x', at, controller.signal).then(
      () => null,
      (error: unknown) => error,
    );
    return { thrown, asked, signal: controller.signal };
  }

  it('while it waits to be asked again ends at once, and is not asked again', async () => {
    const { thrown, asked } = await calledOffWhileWaiting();
    expect(thrown).toBeInstanceOf(Error);
    expect(asked).toHaveLength(1);
  });

  it('while it waits to be asked again ends with the reason, as at any other moment', async () => {
    const { thrown } = await calledOffWhileWaiting();
    expect(thrown).toBe(reason);
  });

  it('leaves nothing behind on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const { client } = await prometheusThat([status(503), status(503), good]);
    await client.query('x', at, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
