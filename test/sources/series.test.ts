import { it } from '@fast-check/vitest';
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
import { nodesOf, questionsOf } from './every-question.ts';

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
    tempo: tempo(),
    beyla,
    linkerd,
    istio: istio('source'),
    otelCollector: otelCollector(''),
  };

  it.each([
    ...Object.entries(dialects),
    ['otel-collector with a prefix', otelCollector('otel.')] as const,
    ['otel-collector with a strange prefix', otelCollector(strange)] as const,
  ])('can be parsed with names that are not plain: %s', async (_, dialect) => {
    const questions = await questionsOf(dialect, { source });
    for (const question of questions) expect(nodesOf(question), question).not.toContain('error');
    expect(questions.join()).toContain('"client_service.namespace"');
  });

  it.each(Object.entries(dialects))(
    'has plain names only where all are plain: %s',
    async (_, dialect) => {
      for (const question of await questionsOf(dialect)) {
        expect(nodesOf(question)).not.toContain('QuotedLabelName');
        expect(nodesOf(question)).not.toContain('QuotedLabelMatcher');
      }
    },
  );

  it('names dotted labels only where the series have them', async () => {
    const dotted = 'client_service.namespace';
    const told = async (labelNames: string[]) =>
      (await questionsOf(tempo(), { traits: { labelNames } })).join();
    expect(await told(['client', 'server', dotted])).toContain(`"${dotted}"`);
    expect(await told(['client', 'server'])).not.toContain(dotted);
  });
});
