import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { parseVector } from '../../src/sources/answer.ts';
import { vector } from './doubles.ts';

const readValue = (text: unknown) =>
  parseVector(vector({ metric: {}, value: [0, text] })).samples[0]?.value;

function codeOf(text: string): string {
  try {
    parseVector(text);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('the values of an answer', () => {
  it.each([
    ['0', 0],
    ['12.5', 12.5],
    ['1e+06', 1_000_000],
    ['-1', -1],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
  ])('are read as Prometheus writes them: %s', (text, value) => {
    expect(readValue(text)).toBe(value);
  });

  it.each(['', ' ', '\n', 'seven', '1,5', '0x10'])('that are no number are none: %j', (text) => {
    expect(readValue(text)).toBeNaN();
  });
});

describe('the labels of an answer', () => {
  it('are taken as they are', () => {
    const labels = { client: 'a "b"\n', server: 'é服', empty: '' };
    expect(parseVector(vector({ metric: labels, value: [0, '1'] })).samples[0]?.labels).toEqual(
      labels,
    );
  });

  it('named like an inner part of an object are labels like any other', () => {
    const text = vector({ metric: { x: 'y' }, value: [0, '1'] }).replace(
      '"x":"y"',
      '"__proto__":"p","constructor":"c","toString":"t"',
    );
    const { labels } = parseVector(text).samples[0] ?? { labels: {} };
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect({}.toString()).toBe('[object Object]');
  });

  it('that are no texts spoil the answer, and cannot reach the prototype of objects', () => {
    const text = vector({ metric: { x: 'y' }, value: [0, '1'] }).replace(
      '"x":"y"',
      '"__proto__":{"polluted":"yes"}',
    );
    expect(codeOf(text)).toBe('PrometheusUnavailable');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('an answer', () => {
  it('without samples is empty, not wrong', () => {
    expect(parseVector(vector())).toEqual({ samples: [], warnings: [] });
  });

  it('keeps the warnings, and takes infos for none', () => {
    const data = { resultType: 'vector', result: [] };
    const answer = { status: 'success', warnings: ['w1', 'w2'], infos: ['i'], data };
    expect(parseVector(JSON.stringify(answer)).warnings).toEqual(['w1', 'w2']);
  });

  it('that says it is partial comes with a warning', () => {
    const data = { resultType: 'vector', result: [] };
    const warningsOf = (isPartial: boolean) =>
      parseVector(JSON.stringify({ status: 'success', isPartial, data })).warnings;
    expect(warningsOf(true)).toHaveLength(1);
    expect(warningsOf(false)).toEqual([]);
  });

  it('keeps no more and no longer warnings than anybody reads', () => {
    const data = { resultType: 'vector', result: [] };
    const warnings = Array.from({ length: 5000 }, () => 'w'.repeat(5000));
    const kept = parseVector(JSON.stringify({ status: 'success', warnings, data })).warnings;
    expect(kept).toHaveLength(100);
    expect(kept[0]).toHaveLength(500);
  });

  it.each(['scalar', 'string', 'matrix'])('of type %s is refused as what nobody asked', (type) => {
    const data = { resultType: type, result: [] };
    expect(codeOf(JSON.stringify({ status: 'success', data }))).toBe('InvalidMetrics');
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['an error with status 200', { status: 'error', error: 'x' }],
    ['success without data', { status: 'success' }],
    ['a result that is no list', { status: 'success', data: { resultType: 'vector', result: {} } }],
  ])('that is %s is not of Prometheus', (_, answer) => {
    expect(codeOf(JSON.stringify(answer))).toBe('PrometheusUnavailable');
  });

  it.each<[string, unknown]>([
    ['missing', null],
    ['without labels', { value: [0, '1'] }],
    ['with a list of labels', { metric: [], value: [0, '1'] }],
    ['with a number as label', { metric: { client: 7 }, value: [0, '1'] }],
    ['without a value', { metric: {} }],
    ['with a bare value', { metric: {}, value: '1' }],
    ['with a value that is no text', { metric: {}, value: [0, 1] }],
    ['with too many values', { metric: {}, value: [0, '1', '2'] }],
    ['that is a histogram', { metric: {}, histogram: [0, { count: '1' }] }],
  ])('with one sample %s is refused whole', (_, sample) => {
    const whole = { metric: { client: 'a' }, value: [0, '1'] };
    expect(codeOf(vector(whole, sample, whole))).toBe('PrometheusUnavailable');
  });

  it('with more series than can be meant is too much', () => {
    const result = Array(500_001).fill(0);
    const answer = { status: 'success', data: { resultType: 'vector', result } };
    expect(codeOf(JSON.stringify(answer))).toBe('QueryTooHeavy');
  });

  it('with a series of more labels than can be meant is refused', () => {
    const metric = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`l${i}`, 'x']));
    expect(codeOf(vector({ metric, value: [0, '1'] }))).toBe('InvalidMetrics');
  });

  it('keeps so much of an endless label that it is seen to be no name', () => {
    const client = 'x'.repeat(100_000);
    const { samples } = parseVector(vector({ metric: { client, server: 'b' }, value: [0, '1'] }));
    expect(samples[0]?.labels).toEqual({ client: 'x'.repeat(4097), server: 'b' });
  });
});
