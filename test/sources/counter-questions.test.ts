import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { CounterScope } from '../../src/sources/counter-questions.ts';
import {
  incrementsQuestion,
  pastQuestion,
  presenceQuestion,
  promDuration,
  rangeOf,
  samplesQuestion,
} from '../../src/sources/counter-questions.ts';
import { beyla } from '../../src/sources/dialects/beyla.ts';
import { istio } from '../../src/sources/dialects/istio.ts';
import { linkerd } from '../../src/sources/dialects/linkerd.ts';
import { otelCollector } from '../../src/sources/dialects/otel-collector.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { series } from '../../src/sources/series.ts';
import { aSource } from './doubles.ts';
import { nodesOf, questionsOf } from './every-question.ts';

describe('a duration in PromQL', () => {
  it.each([
    [1000, '1s'],
    [90_000, '90s'],
    [900_000, '900s'],
    [1500, '1500ms'],
    [1, '1ms'],
    [0, '0s'],
  ])('of %i milliseconds is %s', (millis, text) => {
    expect(promDuration(millis)).toBe(text);
  });

  it.prop([fc.integer({ min: 0, max: 400 * 86_400_000 })])(
    'is a whole number of a unit, and loses nothing',
    (millis) => {
      const [, number, unit] = /^(\d+)(ms|s)$/.exec(promDuration(millis)) ?? [];
      expect(Number(number) * (unit === 's' ? 1000 : 1)).toBe(millis);
    },
  );

  it('is not written where it would offset nothing, which older servers refuse', () => {
    expect(rangeOf('x', 60_000, 0)).toBe('x[60s]');
    expect(rangeOf('x', 60_000, 1500)).toBe('x[60s] offset 1500ms');
  });
});

const dialects = {
  tempo: tempo(),
  beyla,
  linkerd,
  istio: istio('source'),
  collector: otelCollector(''),
  'a prefixed collector': otelCollector('otel_'),
};
const flavours = ['prometheus', 'thanos', 'victoriametrics'] as const;
const cases = Object.entries(dialects).flatMap(([name, dialect]) =>
  flavours.map((flavour) => [name, flavour, dialect] as const),
);

describe('every question of a window', () => {
  it.each(cases)('is PromQL that every server takes: %s at %s', async (_, flavour, dialect) => {
    const source = aSource({ replicaLabels: ['prometheus_replica'], kindLabels: ['method'] });
    for (const given of [{}, { source }]) {
      const questions = await questionsOf(dialect, { ...given, traits: { flavour } });
      expect(questions.length).toBeGreaterThan(15);
      for (const question of questions) {
        const nodes = nodesOf(question);
        expect(nodes, question).not.toContain('error');
        expect(question).not.toContain('__name__');
        expect(question).not.toMatch(/offset 0(s|ms)/);
        // How far before an instant a bare selector looks differs between servers.
        const count = (name: string) => nodes.filter((node) => node === name).length;
        expect(count('VectorSelector'), question).toBe(count('MatrixSelector'));
      }
    }
  });

  it.each(cases)(
    'counts without increase() but at Thanos: %s at %s',
    async (_, flavour, dialect) => {
      const questions = await questionsOf(dialect, { traits: { flavour } });
      const counting = questions.filter((question) => question.includes('"topolog"'));
      expect(counting.length).toBeGreaterThan(1);
      expect(counting.some((one) => one.includes('increase('))).toBe(flavour === 'thanos');
      expect(questions.some((one) => one.includes('resets('))).toBe(flavour !== 'thanos');
    },
  );
});

const minute = 60_000;
const scope: CounterScope = {
  window: { startMillis: 0, endMillis: 15 * minute },
  matchers: ['client="a"'],
  labels: {
    client: ['client'],
    server: ['server'],
    identity: ['client', 'server'],
    kinds: ['failed'],
    replicas: [],
  },
  reachMillis: 5 * minute,
  scrapeIntervalMillis: minute,
  flavour: 'prometheus',
};
const counter = series('x_total');
const minutes = (count: number) => ({ startMillis: 0, endMillis: count * minute });

describe('the question for increments', () => {
  it('marks what it lists by a label, beside the sums', () => {
    const question = incrementsQuestion(counter, scope);
    expect(question).toMatch(/^sum by \(client, server\) \(/);
    expect(question).toMatch(/label_replace\(.*, "topolog", "look", "", ""\)$/);
  });

  it('takes copies of a series for one, wherever it reads samples', () => {
    const question = incrementsQuestion(counter, {
      ...scope,
      labels: { ...scope.labels, replicas: ['replica'] },
    });
    const ranges = question.match(/\w+\(x_total\{[^}]*\}\[/g) ?? [];
    const once = question.match(/max without \(replica\) \(\w+\(x_total\{[^}]*\}\[/g) ?? [];
    expect(ranges.length).toBeGreaterThan(3);
    expect(once).toHaveLength(ranges.length);
  });

  it.each([
    [15, minute, 10],
    [7, minute, 2],
    [6, minute, null],
    [5, minute, null],
    [1, minute, null],
    [15, 15_000, 40],
    [15, 4 * minute, 2],
    [15, 6 * minute, null],
  ])(
    'lists what has too few samples for %i minutes, one every %i ms: %s',
    (length, every, fewest) => {
      const question = incrementsQuestion(counter, {
        ...scope,
        window: minutes(length),
        scrapeIntervalMillis: every,
      });
      const [, found] = /count_over_time\([^)]*\) < (\d+)/.exec(question) ?? [];
      expect(found === undefined ? null : Number(found)).toBe(fewest);
      expect(question.includes('count_over_time')).toBe(fewest !== null);
    },
  );
});

describe('what is asked of the series that are listed', () => {
  it('is all their samples, reach included', () => {
    expect(samplesQuestion(counter, scope)).toBe('x_total{client="a"}[1200s]');
  });

  it('is what they had before the reach', () => {
    expect(pastQuestion(counter, scope, 60 * minute)).toBe(
      'last_over_time(x_total{client="a"}[3600s] offset 1200s)',
    );
  });

  it.each([
    [15, minute, '[1200s:30s]'],
    [15, 1000, '[1200s:3s]'],
    [24 * 60, 15_000, '[86700s:216750ms]'],
  ])(
    'is when their producers were there in %i minutes, in steps that are not endless',
    (length, every, steps) => {
      const question = presenceQuestion([counter, series('y_total')], {
        ...scope,
        window: minutes(length),
        scrapeIntervalMillis: every,
      });
      const of = 'group without (client, server, failed) (last_over_time';
      expect(question).toContain(`${of}(x_total{client="a"}[`);
      expect(question).toContain(`${of}(y_total{client="a"}[`);
      expect(question.endsWith(steps)).toBe(true);
    },
  );
});
