import { it } from '@fast-check/vitest';
import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { beyla } from '../../src/sources/dialects/beyla.ts';
import { istio } from '../../src/sources/dialects/istio.ts';
import { linkerd } from '../../src/sources/dialects/linkerd.ts';
import { otelCollector } from '../../src/sources/dialects/otel-collector.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import {
  anyOf,
  byLabels,
  labelNameText,
  selectorOf,
  series,
  withoutLabels,
} from '../../src/sources/series.ts';
import { aSource } from './doubles.ts';

/** The names of the nodes of an expression; an error is one of them. */
function nodesOf(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, type }) => {
      names.push(type.isError ? 'error' : name);
    },
  });
  return names;
}

const odd = ['a.b', '1st', 'Größe', 'a b', 'a"b', 'a\\', '} or up{', 'a-b', 'a:b', "it's", '`'];
/** Names that Prometheus takes. */
const anyName = fc.oneof(
  fc.constantFrom('client', '_a1', ...odd),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 8 })
    .filter((name) => name.isWellFormed() && !/\p{Cc}/u.test(name)),
);

describe('the name of a label in a question', () => {
  it.each(['client', '_a', 'A1_b', '__metrics_gen_instance'])('stands as it is: %s', (name) => {
    expect(labelNameText(name)).toBe(name);
    expect(anyOf(name, ['x'])).toBe(`${name}="x"`);
  });

  it.each(odd)('stands between quotes: %s', (name) => {
    expect(labelNameText(name)).toMatch(/^".*"$/);
  });

  it.prop([fc.array(anyName, { minLength: 1, maxLength: 4 })])(
    'is one name in a list, a matcher and a grouping, whatever it is',
    (names) => {
      for (const grouping of [byLabels(names), withoutLabels(names)]) {
        const nodes = nodesOf(`sum ${grouping} (up)`);
        expect(nodes).not.toContain('error');
        expect(
          nodes.filter((node) => node === 'LabelName' || node === 'QuotedLabelName'),
        ).toHaveLength(names.length);
        expect(nodes.filter((node) => node === 'VectorSelector')).toHaveLength(1);
      }
      const matchers = names.map((name) => anyOf(name, ['x', 'y']));
      const nodes = nodesOf(selectorOf(series('up'), matchers));
      expect(nodes).not.toContain('error');
      expect(nodes.filter((node) => node === 'MatchOp')).toHaveLength(names.length);
    },
  );
});

describe('the name of a metric in a question', () => {
  it('stands before the braces where it is plain, and first within them where it is not', () => {
    expect(selectorOf(series('a:b_1'), [])).toBe('a:b_1');
    expect(selectorOf(series('a_b', 'c="d"'), ['e="f"'])).toBe('a_b{c="d",e="f"}');
    expect(selectorOf(series('a.b'), [])).toBe('{"a.b"}');
    expect(selectorOf(series('a.b', 'c="d"'), ['"e.f"="g"'])).toBe('{"a.b",c="d","e.f"="g"}');
    expect(selectorOf(series(null, 'c="d"'), [])).toBe('{c="d"}');
  });

  it.prop([anyName])('is one selector, whatever it is', (name) => {
    const nodes = nodesOf(selectorOf(series(name, 'a="b"'), []));
    expect(nodes).not.toContain('error');
    expect(nodes.filter((node) => node === 'VectorSelector')).toHaveLength(1);
  });
});

describe('every question of a source', () => {
  const strange = 'a".b\\{';
  const source = aSource({
    labels: { client: { namespace: ['client_service.namespace', strange] } },
    replicaLabels: ['prometheus.replica', '1st'],
    matchers: ['"k8s.cluster.name"="eu"'],
  });
  const dialects = {
    tempo,
    beyla,
    linkerd,
    istio: istio('source'),
    otelCollector: otelCollector(''),
  };

  it.each([
    ...Object.entries(dialects),
    ['otel-collector with a prefix', otelCollector('otel.')] as const,
    ['otel-collector with a strange prefix', otelCollector(strange)] as const,
  ])('can be parsed with names that are not plain: %s', (_, dialect) => {
    const scope = { source, window: { startMillis: 0, endMillis: 900_000 }, matchers: [] };
    const census = dialect.census(scope);
    const expressions = [
      ...dialect.questions(scope).map(({ expression }) => expression),
      ...dialect.latencyQuestions(scope).map(({ expression }) => expression),
      ...Object.values(census),
      ...dialect.cuts.client.counts(scope),
      dialect.present(scope),
      dialect.newProducers(scope) ?? 'up',
    ];
    for (const expression of expressions) {
      expect(nodesOf(expression), expression).not.toContain('error');
    }
    expect(expressions.join()).toContain('"client_service.namespace"');
  });

  it.each(Object.entries(dialects))(
    'has plain names only where all are plain: %s',
    (_, dialect) => {
      const scope = {
        source: aSource({}),
        window: { startMillis: 0, endMillis: 900_000 },
        matchers: [],
      };
      const all = [...dialect.questions(scope), ...dialect.latencyQuestions(scope)];
      for (const { expression } of all) {
        expect(nodesOf(expression)).not.toContain('QuotedLabelName');
        expect(nodesOf(expression)).not.toContain('QuotedLabelMatcher');
      }
    },
  );
});
