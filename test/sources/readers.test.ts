import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { createSourceReaders } from '../../src/sources/readers.ts';
import { aSource, errorOf, prometheusThat, status, vector } from './doubles.ts';

const window = { startMillis: 0, endMillis: 900_000 };
const { signal } = new AbortController();
const tempo = { name: 'tempo', variant: null } as const;

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
    const answer = status(200, vector({ metric: { client: 'a', server: 'b' }, value: [0, '7'] }));
    const { readers, source } = await readersOf([answer]);
    const { shards, dialect, census } = await readers.planWindow(source, window, new Map(), signal);
    expect([shards.length, dialect, census.series]).toEqual([1, tempo, 7]);
    const [shard = ''] = shards;
    const seen: string[] = [];
    for await (const event of readers.readShard(
      source,
      window,
      { dialect: tempo, shard },
      new Map(),
      signal,
    )) {
      if (event.kind !== 'read') continue;
      seen.push(...event.reading.observations.map(({ dependencyId }) => dependencyId));
    }
    expect(seen).toEqual(['a~~b']);
  });

  it('are named where a question to one is repeated', async () => {
    const { readers, source, retried } = await readersOf([status(503), status(200, vector())]);
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
