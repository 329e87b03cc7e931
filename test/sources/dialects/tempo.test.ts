import { describe, expect, it } from 'vitest';
import type { PairFact } from '../../../src/domain/observation.ts';
import { tempo } from '../../../src/sources/dialects/tempo.ts';
import { aSource } from '../doubles.ts';

const source = aSource({ fixed: { environment: 'prod', cluster: 'eu-1' } });
const window = { startMillis: 0, endMillis: 900_000 };

function read(labels: Record<string, string>, kind: PairFact['kind'] = 'requests', value = 7) {
  return tempo.read(source, kind, { labels, value });
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
  it('is one question for each kind of fact', () => {
    expect(tempo.questions({ source, window, matchers: [] }).map(({ kind }) => kind)).toEqual([
      'requests',
      'failedRequests',
      'listed',
    ]);
  });

  it.each([
    ['nearStart', 900_000, '[120s] offset 780s'],
    ['nearEnd', 900_000, '[120s] offset 0s'],
    ['nearStart', 60_000, '[60s] offset 0s'],
    ['nearEnd', 60_000, '[60s] offset 0s'],
  ] as const)(
    'looks %s within two scrape intervals, and never outside a window of %i ms',
    (where, endMillis, range) => {
      expect(
        tempo.census({ source, window: { startMillis: 0, endMillis }, matchers: [] })[where],
      ).toContain(range);
    },
  );
});
