import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { parseMatrix, parseRaw, parseValues, parseVector } from '../../src/sources/answer.ts';
import { matrix, vector } from './doubles.ts';

const readValue = (text: unknown) =>
  parseVector(vector({ metric: {}, value: [0, text] })).samples[0]?.value;

function codeOf(text: string, parse: (text: string) => unknown = parseVector): string {
  try {
    parse(text);
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
    ['inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    [7, 7],
    [0.25, 0.25],
  ])('are read as servers of this API write them: %s', (text, value) => {
    expect(readValue(text)).toBe(value);
  });

  it.each(['', ' ', '\n', 'seven', '1,5', '0x10', 'info', '++inf'])(
    'that are no number are none: %j',
    (text) => {
      expect(readValue(text)).toBeNaN();
    },
  );
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
    ['with a list of labels', { metric: [], value: [0, '1'] }],
    ['with a number as label', { metric: { client: 7 }, value: [0, '1'] }],
    ['without a value', { metric: {} }],
    ['with a bare value', { metric: {}, value: '1' }],
    ['with a value that is no number', { metric: {}, value: [0, true] }],
    ['with a value that is null', { metric: {}, value: [0, null] }],
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

/** An answer of success with these fields, as text. */
const success = (fields: object) => JSON.stringify({ status: 'success', ...fields });

describe('what is empty', () => {
  it.each<[string, object]>([
    ['a list that was never made', { data: { resultType: 'vector', result: null } }],
    ['no result', { data: { resultType: 'vector' } }],
    ['no type and no result', { data: { resultType: '', result: null } }],
    ['no type and an empty list', { data: { result: [] } }],
    ['a type in capitals', { data: { resultType: 'VECTOR', result: [] } }],
    [
      'null where there are no warnings',
      { warnings: null, infos: null, isPartial: null, data: { resultType: 'vector', result: [] } },
    ],
  ])('is written by some as %s', (_, fields) => {
    expect(parseVector(success(fields))).toEqual({ samples: [], warnings: [] });
  });

  it('is not what has samples and no type', () => {
    const result = [{ metric: {}, value: [0, '1'] }];
    expect(codeOf(success({ data: { result } }))).toBe('PrometheusUnavailable');
  });

  it.each([null, undefined])('is a set of labels that is written as %s', (metric) => {
    expect(parseVector(vector({ metric, value: [0, '1'] })).samples).toEqual([
      { labels: {}, value: 1 },
    ]);
  });

  it.each<[string, object]>([
    ['a scalar', { data: { resultType: 'scalar', result: [0, '1'] } }],
    ['a matrix of one point', { data: { resultType: 'matrix', result: [{ values: [[0, '1']] }] } }],
  ])('nor taken for a vector is %s', (_, fields) => {
    expect(codeOf(success(fields))).toBe('InvalidMetrics');
  });
});

describe('an answer to a range query', () => {
  it('is read whatever form its numbers have', () => {
    const series = {
      metric: { a: 'b' },
      values: [
        [60, 1],
        ['120', '2'],
        ['180.000', '3'],
      ],
    };
    const answers = parseMatrix(matrix(series), [60_000, 120_000, 180_000]);
    expect(answers.map(({ samples }) => samples.map(({ value }) => value))).toEqual([
      [1],
      [2],
      [3],
    ]);
  });

  it.each([
    ['a time that is none', [['soon', '1']]],
    ['a time that was not asked for', [[61, '1']]],
    ['no time', [[null, '1']]],
  ])('is refused with %s', (_, values) => {
    const text = matrix({ metric: {}, values });
    expect(codeOf(text, (given) => parseMatrix(given, [60_000]))).toBe('PrometheusUnavailable');
  });

  it('is refused with a series of native histograms, whose values it would miss', () => {
    const text = matrix({ metric: {}, histograms: [[60, { count: '1' }]] });
    expect(codeOf(text, (given) => parseMatrix(given, [60_000]))).toBe('PrometheusUnavailable');
  });
});

describe('raw samples', () => {
  it('are read with their own times, the earliest first', () => {
    const values = [
      [60.25, '1'],
      [30, 'NaN'],
      [90, '+Inf'],
    ];
    expect(parseRaw(matrix({ metric: { a: 'b' }, values }))).toEqual({
      series: [
        {
          labels: { a: 'b' },
          samples: [
            [30_000, Number.NaN],
            [60_250, 1],
            [90_000, Number.POSITIVE_INFINITY],
          ],
        },
      ],
      warnings: [],
    });
  });

  it('of native histograms are passed over', () => {
    const histograms = [[60, { count: '1', sum: '1' }]];
    const text = matrix(
      { metric: { a: 'only' }, histograms },
      { metric: { a: 'both' }, values: [[60, '1']], histograms },
      { metric: { a: 'none' }, values: null, histograms },
    );
    expect(parseRaw(text).series.map(({ labels }) => labels.a)).toEqual(['both']);
  });

  it('are too much beyond their bound, which is of all series together', () => {
    const series = {
      metric: {},
      values: [
        [0, '1'],
        [1, '1'],
      ],
    };
    const parse = (most: number) => (text: string) => parseRaw(text, most);
    expect(codeOf(matrix(series, series), parse(4))).toBe('accepted');
    expect(codeOf(matrix(series, series), parse(3))).toBe('QueryTooHeavy');
  });

  it.each<[string, unknown]>([
    ['a series that is null', null],
    ['a series without any', { metric: {} }],
    ['a sample that is no pair', { metric: {}, values: [[0]] }],
    ['a sample without a time', { metric: {}, values: [['', '1']] }],
  ])('are refused whole with %s', (_, series) => {
    expect(codeOf(matrix(series), parseRaw)).toBe('PrometheusUnavailable');
  });

  it('are no vector', () => {
    expect(codeOf(vector(), parseRaw)).toBe('InvalidMetrics');
  });
});

describe('the values of a label', () => {
  it.each<[string, object]>([
    ['null', { data: null }],
    ['an empty list', { data: [] }],
    ['nothing', {}],
  ])('are none where they are written as %s', (_, fields) => {
    expect(parseValues(success(fields))).toEqual({ values: [], warnings: [] });
  });

  it('are kept, and what the server says of them', () => {
    const text = success({ data: ['a', '服'], warnings: ['cut'] });
    expect(parseValues(text)).toEqual({ values: ['a', '服'], warnings: ['cut'] });
  });

  it.each<[string, unknown]>([
    ['a number', [1]],
    ['a map', {}],
    ['a missing one', [null]],
  ])('are refused with %s', (_, data) => {
    expect(codeOf(success({ data }), parseValues)).toBe('PrometheusUnavailable');
  });
});
