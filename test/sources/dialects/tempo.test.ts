import { describe, expect, it } from 'vitest';
import type { PairFact } from '../../../src/domain/observation.ts';
import { tempo } from '../../../src/sources/dialects/tempo.ts';
import { series } from '../../../src/sources/series.ts';
import { aSource } from '../doubles.ts';
import { questionsOf } from '../every-question.ts';

const source = aSource({ fixed: { environment: 'prod', cluster: 'eu-1' } });

function read(labels: Record<string, string>, kind: PairFact['kind'] = 'requests', value = 7) {
  return tempo().read(source, kind, { labels, value });
}

describe('what Tempo says of a pair', () => {
  it('is read from its labels; environment and cluster are those of the source', () => {
    const labels = {
      client: 'checkout',
      server: 'payments',
      client_service_namespace: 'shop',
      server_service_namespace: 'bank',
      connection_type: 'messaging_system',
    };
    const scope = { environment: 'prod', cluster: 'eu-1' };
    expect(read(labels)).toEqual({
      kind: 'requests',
      client: { ...scope, namespace: 'shop', name: 'checkout' },
      server: { ...scope, namespace: 'bank', name: 'payments' },
      connectionType: 'messaging_system',
      virtualSide: null,
      overflow: false,
      value: 7,
    });
  });

  it('may leave out every label: then its names are empty and the call is direct', () => {
    expect(read({})).toMatchObject({
      client: { namespace: '', name: '' },
      server: { namespace: '', name: '' },
      connectionType: '',
      virtualSide: null,
      overflow: false,
    });
  });

  it.each([
    ['client', 'client'],
    ['server', 'server'],
    ['', null],
    ['both', null],
  ])('names the virtual side only as client or server: %j', (label, side) => {
    expect(read({ virtual_node: label }).virtualSide).toBe(side);
  });

  it.each([
    ['true', true],
    ['false', false],
    ['', false],
  ])('is overflow only where it says so: %j', (label, overflow) => {
    expect(read({ metric_overflow: label }).overflow).toBe(overflow);
  });

  it.each(['requests', 'failedRequests', 'listed'] as const)(
    'is a fact of the kind that was asked for: %s',
    (kind) => {
      expect(read({ client: 'a', server: 'b' }, kind).kind).toBe(kind);
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'keeps a value that cannot be used, so that it is counted: %d',
    (value) => {
      expect(read({}, 'requests', value).value).toBe(value);
    },
  );
});

describe('what Tempo is asked', () => {
  it('is its two counters and, once, its gauge', async () => {
    const dialect = tempo();
    expect(dialect.counters.map(({ kind }) => kind)).toEqual(['requests', 'failedRequests']);
    expect(dialect.listed).toEqual(series('traces_service_graph_connection_info'));
    const questions = await questionsOf(dialect);
    expect(questions.filter((one) => one.startsWith('max by'))).toHaveLength(1);
  });

  it('leaves out what other producers of these names write', async () => {
    const matchers = ['failed=""', 'source!~"beyla|obi"'];
    const selected = matchers.join(',');
    for (const question of await questionsOf(tempo(matchers))) {
      const named = question.match(/traces_service_graph_\w+(\{[^}]*\})?/g) ?? [];
      for (const selector of named) expect(selector).toContain(selected);
    }
  });

  it.each([
    ['nearStart', 900_000, '[120s] offset 780s'],
    ['nearEnd', 900_000, '[120s])'],
    ['nearStart', 60_000, '[60s])'],
    ['nearEnd', 60_000, '[60s])'],
  ])(
    'looks %s within two scrape intervals, and never outside a window of %i ms',
    async (where, endMillis, range) => {
      const window = { startMillis: 0, endMillis };
      const [census = ''] = await questionsOf(tempo(), { window });
      const part = census.split(' or ').find((one) => one.includes(`"${where}/0"`));
      expect(part).toContain(range);
    },
  );
});
