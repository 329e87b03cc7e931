import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { createSourceReaders } from '../../src/sources/readers.ts';
import { aSource, errorOf, prometheusThat, samples, status, vector } from './doubles.ts';

const window = { startMillis: 0, endMillis: 900_000 };
const { signal } = new AbortController();
const tempo = { name: 'tempo', variant: null } as const;

const values = (...data: string[]) => JSON.stringify({ status: 'success', data });

async function readersOf(answers: Parameters<typeof prometheusThat>[0]) {
  const { url, dispatcher, asked } = await prometheusThat(answers);
  const retried: unknown[] = [];
  const source = aSource({ id: 'mimir', url });
  const readers = createSourceReaders([source], dispatcher, {
    shardSeries: 100,
    retryDelaysMillis: [1],
    onRetry: (id, { code }, attempt) => retried.push([id, code, attempt]),
  });
  return { readers, source, asked, retried };
}

describe('the configured sources', () => {
  it('are found by their ids', async () => {
    const { readers, source } = await readersOf([]);
    expect(readers.sourceOf('mimir')).toBe(source);
  });

  it.each(['', 'Mimir', 'other'])('do not know any other id: %j', async (id) => {
    const { readers } = await readersOf([]);
    expect(() => readers.sourceOf(id)).toThrow(AppError);
    expect(() => readers.sourceOf(id)).toThrow(/not configured/);
  });

  it('are planned and read at their own URL, shard by shard', async () => {
    const pair = { client: 'a', server: 'b' };
    const { readers, source } = await readersOf([
      status(200, values()),
      status(200, vector()),
      status(200, values('client', 'server')),
      status(200, vector({ metric: { topolog: 'series/0' }, value: [0, '7'] })),
      status(200, vector({ metric: pair, value: [0, '7'] })),
    ]);
    const { shards, readings, census } = await readers.planWindow(
      source,
      window,
      new Map(),
      signal,
    );
    expect([shards.length, readings, census.series]).toEqual([1, [tempo], 7]);
    const [shard = ''] = shards;
    const { reading, events } = readers.readShard(source, window, shard, new Map(), signal);
    expect(reading).toEqual(tempo);
    const seen: string[] = [];
    for await (const event of events) {
      if (event.kind !== 'read') continue;
      seen.push(...event.reading.observations.map(({ dependencyId }) => dependencyId));
    }
    expect(seen).toEqual(['a~~b']);
  });

  it('are named where a question to one is repeated', async () => {
    const { readers, source, retried } = await readersOf([status(503), samples()]);
    await readers.planWindow(source, window, new Map(), signal);
    expect(retried).toEqual([['mimir', 'PrometheusUnavailable', 1]]);
  });

  it('are not read when they are not configured', async () => {
    const { readers, source, asked } = await readersOf([status(200, vector())]);
    const other = { ...source, id: 'other' };
    const error = await errorOf(
      (async () => readers.planWindow(other, window, new Map(), signal))(),
    );
    expect(error.code).toBe('UnknownSource');
    expect(asked).toEqual([]);
  });
});
