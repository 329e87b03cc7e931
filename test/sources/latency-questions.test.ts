import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../src/sources/asking.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { histogramsThere, latencyQuestions } from '../../src/sources/latency-questions.ts';
import { anAsking, aSource } from './doubles.ts';
import { nodesOf } from './every-question.ts';

const spelling = {
  side: 'server',
  matchers: ['a="b"'],
  names: [
    { metric: 'x_seconds', unit: 'seconds' },
    { metric: 'x', unit: 'seconds' },
    { metric: 'x_milliseconds', unit: 'milliseconds' },
  ],
} as const;
const there = (...metrics: string[]) =>
  histogramsThere([spelling], metrics).map(({ metric, form, unit }) => [metric, form, unit]);

describe('the histograms that are there', () => {
  it('are classic where they have buckets, and native where they are one series', () => {
    expect(there('x_seconds_bucket', 'x_seconds_sum', 'x_seconds_count')).toEqual([
      ['x_seconds', 'classic', 'seconds'],
    ]);
    expect(there('x_seconds')).toEqual([['x_seconds', 'native', 'seconds']]);
  });

  it('are read in both forms where both are written, as producers may differ', () => {
    expect(there('x_seconds', 'x_seconds_bucket')).toEqual([
      ['x_seconds', 'classic', 'seconds'],
      ['x_seconds', 'native', 'seconds'],
    ]);
  });

  it('are all names that a producer may write', () => {
    expect(there('x_milliseconds_bucket', 'x', 'x_seconds_bucket', 'y')).toEqual([
      ['x_seconds', 'classic', 'seconds'],
      ['x', 'native', 'seconds'],
      ['x_milliseconds', 'classic', 'milliseconds'],
    ]);
    expect(there('y_bucket')).toEqual([]);
  });

  it('are of the unit that the source says, unless their name is plainer', () => {
    const metrics = ['x_bucket', 'x_milliseconds_bucket'];
    const units = (told?: 'seconds' | 'milliseconds') =>
      histogramsThere([spelling], metrics, told).map(({ unit }) => unit);
    expect(units()).toEqual(['seconds', 'milliseconds']);
    expect(units('milliseconds')).toEqual(['milliseconds', 'milliseconds']);
  });

  it('are supposed to have their usual name where no names are known', () => {
    expect(histogramsThere([spelling], null, 'milliseconds')).toEqual([
      {
        side: 'server',
        metric: 'x_seconds',
        form: 'classic',
        unit: 'milliseconds',
        matchers: ['a="b"'],
      },
    ]);
  });
});

describe('the questions for a latency', () => {
  const scope = scopeOf(anAsking(tempo(), { source: aSource({ replicaLabels: ['r'] }) }), []);
  const questions = (form: 'classic' | 'native', unit: 'seconds' | 'milliseconds' = 'seconds') =>
    latencyQuestions({ side: 'client', metric: 'x', matchers: [], form, unit }, scope);

  it.each(['classic', 'native'] as const)('are three quantiles and a mean: %s', (form) => {
    expect(questions(form).map(({ kind }) => kind)).toEqual([
      'clientLatencyP50Seconds',
      'clientLatencyP95Seconds',
      'clientLatencyP99Seconds',
      'clientLatencySumSeconds',
      'clientLatencyCount',
    ]);
    for (const { expression } of questions(form)) {
      expect(nodesOf(expression), expression).not.toContain('error');
    }
  });

  it('ask native histograms for no buckets', () => {
    for (const { expression } of questions('native')) {
      expect(expression).not.toMatch(/x_(bucket|sum|count)/);
      expect(expression).not.toMatch(/\ble\b/);
    }
    expect(questions('native')[3]?.expression).toContain('histogram_sum(');
    expect(questions('classic')[0]?.expression).toContain('x_bucket');
  });

  it('make seconds of milliseconds, and leave the number of requests as it is', () => {
    for (const form of ['classic', 'native'] as const) {
      const inMillis = questions(form, 'milliseconds');
      expect(inMillis.map(({ expression }) => expression.endsWith(' / 1000'))).toEqual([
        true,
        true,
        true,
        true,
        false,
      ]);
      expect(inMillis.map(({ expression }) => expression.replace(/ \/ 1000$/, ''))).toEqual(
        questions(form).map(({ expression }) => expression),
      );
    }
  });
});
