import { describe, expect, it } from 'vitest';
import type { LostProducer } from '../../src/domain/producers.ts';
import { AppError } from '../../src/runtime/errors.ts';
import type { VectorAnswer } from '../../src/sources/answer.ts';
import type { SourceClient } from '../../src/sources/asking.ts';
import { textOfLabels } from '../../src/sources/counter-labels.ts';
import { readUnwatchedPairs } from '../../src/sources/unwatched-pairs.ts';
import { aSource } from './doubles.ts';

const window = { startMillis: 3_600_000, endMillis: 4_500_000 };

function lost(instance: string, given: Partial<LostProducer> = {}): LostProducer {
  const labels = { job: 'tempo', instance };
  return {
    producer: {
      reading: 'tempo',
      id: textOfLabels(labels),
      labels,
      knownSince: 0,
      missingSince: null,
      isMarked: true,
      isSuccessor: false,
      isJob: false,
    },
    how: 'absent',
    since: window.startMillis,
    lastThereAt: window.startMillis,
    ...given,
  };
}

const series = (instance: string, client = 'web', server = 'cart') => ({
  labels: { job: 'tempo', instance, client, server },
  value: 1,
});

/** A client that answers who was there, and then what nobody shows any more; it keeps what was asked. */
function clientThat(
  there: readonly string[],
  answer: (expression: string) => Partial<VectorAnswer> | Promise<never>,
) {
  const asked: string[] = [];
  const client: SourceClient = {
    flavour: async () => 'prometheus',
    labelNames: async () => ({ values: ['client', 'server', 'job', 'instance'], warnings: [] }),
    labelValues: async () => ({ values: [], warnings: [] }),
    queryRaw: async () => ({ series: [], warnings: [] }),
    query: async (expression) => {
      asked.push(expression);
      if (expression.includes(' unless ')) {
        return { samples: [], warnings: [], ...(await answer(expression)) };
      }
      const samples = there.map((instance) => ({ labels: { job: 'tempo', instance }, value: 1 }));
      return { samples, warnings: [] };
    },
  };
  return { client, asked };
}

function read(client: SourceClient, all: readonly LostProducer[], given = {}) {
  const reading = { name: 'tempo' as const, variant: null };
  const options = { aliases: new Map(), ...given };
  return readUnwatchedPairs(client, aSource(), window, reading, all, options);
}

const dottedNames = ['client', 'server', 'client_service.namespace', 'job', 'instance'];

describe('the pairs that only producers showed that went', () => {
  it('are told of each, without those of strangers that the question selects as well', async () => {
    const [a, b] = [lost('a'), lost('b')];
    const { client, asked } = clientThat(['a', 'b'], () => ({
      samples: [series('a'), series('b', 'shop', 'pay'), series('z', 'x', 'y')],
    }));
    const { pairs, unknown } = await read(client, [a, b]);
    expect(pairs).toEqual([
      { producer: a, dependencyId: 'web~~cart', mode: 'sync' },
      { producer: b, dependencyId: 'shop~~pay', mode: 'sync' },
    ]);
    expect(unknown).toEqual([]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain('instance=~"a|b"');
  });

  it('are those that nobody shows in the window, or near its end where it has samples of them', async () => {
    const { client, asked } = clientThat(['a', 'b'], () => ({}));
    await read(client, [lost('a'), lost('b', { how: 'cutOff' })]);
    const [absent, cutOff] = asked.filter((one) => one.includes(' unless '));
    const others = (text = '') => text.slice(text.indexOf(' unless '));
    expect(others(absent)).toMatch(/traces_service_graph_request_total\{[^}]*\}\[900s\]/);
    expect(others(cutOff)).toMatch(/traces_service_graph_request_total\{[^}]*\}\[120s\]/);
  });

  it('are asked of labels between quotes where their names are not plain', async () => {
    const { client, asked } = clientThat(['a'], () => ({}));
    const dotted = { ...client, labelNames: async () => ({ values: dottedNames, warnings: [] }) };
    await read(dotted, [lost('a')]);
    const [question = ''] = asked.filter((one) => one.includes(' unless '));
    expect(question).toContain('"client_service.namespace"');
    expect(question.replaceAll(/"[^"]*"/g, '""')).not.toContain('.namespace');
  });

  it('are looked for longer ago where a producer has no samples about when it went', async () => {
    const a = lost('a');
    const { client, asked } = clientThat([], () => ({ samples: [series('a')] }));
    expect((await read(client, [a])).pairs).toMatchObject([{ dependencyId: 'web~~cart' }]);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain(`[${1800 + 86_400}s]`);
  });

  it.each([
    ['refused', () => Promise.reject(new AppError('QueryTooHeavy', 'It is too much.'))],
    ['answered in part', () => ({ samples: [series('a')], warnings: ['a store is away'] })],
  ])('are not known where the question is %s', async (_, answer) => {
    const a = lost('a');
    const { client } = clientThat(['a'], answer);
    expect(await read(client, [a])).toEqual({ pairs: [], unknown: [a] });
  });

  it('are not known where they are too many', async () => {
    const a = lost('a');
    const { client } = clientThat(['a'], () => ({
      samples: [series('a', 'x', 'y'), series('a', 'x', 'z')],
    }));
    expect(await read(client, [a], { mostPairs: 1 })).toEqual({ pairs: [], unknown: [a] });
  });

  it('fail with a source that does not answer', async () => {
    const { client } = clientThat(['a'], () =>
      Promise.reject(new AppError('PrometheusUnavailable', 'It is away.')),
    );
    await expect(read(client, [lost('a')])).rejects.toThrow('It is away.');
  });

  it('are asked of so many producers one by one, and of the others by their jobs', async () => {
    const all = Array.from({ length: 1000 }, (_, i) => lost(`pod-${i}`));
    const { client, asked } = clientThat(['pod-1', 'pod-999'], (text) => ({
      samples: text.includes('instance') ? [] : [series('pod-999')],
    }));
    const { pairs } = await read(client, all);
    expect(pairs).toEqual([{ producer: all[200], dependencyId: 'web~~cart', mode: 'sync' }]);
    expect(asked.length).toBeLessThan(10);
    expect(Math.max(...asked.map(({ length }) => length))).toBeLessThan(12_000);
  });
});
