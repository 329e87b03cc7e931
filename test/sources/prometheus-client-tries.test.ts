import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { allOf, createSourceRequestMetrics } from '../../src/runtime/source-request-metrics.ts';
import type { OnTry } from '../../src/sources/prometheus-client.ts';
import { type Answer, errorOf, good, prometheusThat, reset, status } from './doubles.ts';

/** An observer that sends a header of its own, and what it was told. */
function observer(name: string) {
  const told: (readonly [string, number, number | string])[] = [];
  const onTry: OnTry = ({ endpoint, attempt }) => ({
    headers: { [name]: String(attempt) },
    answered: (code) => void told.push([endpoint, attempt, code]),
    ended: (outcome) => void told.push([endpoint, attempt, outcome]),
  });
  return {
    told,
    onTry: (request: Omit<Parameters<OnTry>[0], 'source'>) => onTry({ ...request, source: 'a' }),
  };
}

describe('an observer of tries', () => {
  it('is told of each, of its status and how it ended, and its headers are sent', async () => {
    const { told, onTry } = observer('traceparent');
    const { client, asked } = await prometheusThat([status(503), reset, good], { onTry });
    await client.query('x', 0);
    expect(told).toEqual([
      ['status/buildinfo', 0, 200],
      ['status/buildinfo', 0, 'ok'],
      ['query', 0, 503],
      ['query', 0, 'PrometheusUnavailable'],
      ['query', 1, 'PrometheusUnavailable'],
      ['query', 2, 200],
      ['query', 2, 'ok'],
    ]);
    expect(asked.map(({ headers }) => headers.traceparent)).toEqual(['0', '1', '2']);
  });

  it('is told of a try that was called off', async () => {
    const { told, onTry } = observer('x');
    const abort = new AbortController();
    const callOff: Answer = () => abort.abort(new Error('enough'));
    const { client } = await prometheusThat([callOff], { onTry });
    await expect(client.query('x', 0, abort.signal)).rejects.toThrow('enough');
    expect(told.at(-1)).toEqual(['query', 0, 'Cancelled']);
  });

  it('cannot replace what the source is given as credentials or form', async () => {
    const { onTry } = observer('content-type');
    const { client, asked } = await prometheusThat([good], { onTry });
    await client.query('x', 0);
    expect(asked[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });
});

describe('the metrics of requests', () => {
  it('time each try by its outcome, beside other observers', async () => {
    const registry = new Registry();
    const other = observer('x-other');
    const onTry = allOf([createSourceRequestMetrics(registry), (request) => other.onTry(request)]);
    const { client, asked } = await prometheusThat([status(400, 'no')], {
      onTry: (request) => onTry({ ...request, source: 'shop' }),
    });
    expect((await errorOf(client.query('x', 0))).code).toBe('InvalidMetrics');
    expect(await registry.metrics()).toContain(
      'topolog_source_request_duration_seconds_count{source="shop",endpoint="query",outcome="InvalidMetrics"} 1',
    );
    expect(asked[0]?.headers['x-other']).toBe('0');
    expect(other.told.filter(([endpoint]) => endpoint === 'query')).toHaveLength(2);
  });
});
