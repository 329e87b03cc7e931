import { AppError } from '../runtime/errors.ts';
import {
  maxElements,
  notPrometheus,
  openListAnswer,
  openQueryAnswer,
  tooMuch,
} from './envelope.ts';

export { tooMuch } from './envelope.ts';

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite; `normalize` drops such values and counts them. */
  readonly value: number;
}

export interface VectorAnswer {
  readonly samples: readonly Sample[];
  /** What the server says is incomplete about the answer. */
  readonly warnings: readonly string[];
}

/** The samples of one series as they were stored, the earliest first. */
export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Values may be NaN or infinite. */
  readonly samples: readonly (readonly [atMillis: number, value: number])[];
}

export interface RawAnswer {
  readonly series: readonly RawSeries[];
  readonly warnings: readonly string[];
}

export interface ValuesAnswer {
  readonly values: readonly string[];
  readonly warnings: readonly string[];
}

/** More raw samples than this are not read from one answer. */
export const maxRawSamples = 2_000_000;
/** No question of ours is answered by series with more labels. */
const maxLabels = 100;
/** Longer values are cut to one more, which is still too long for a name and dropped as such. */
const maxLabelLength = 4096;

/**
 * Reads Prometheus' answer to an instant query; an answer that is not whole is refused whole.
 *
 * @throws AppError `PrometheusUnavailable` for what is no Prometheus answer (another try may bring
 * one), `QueryTooHeavy` for one that breaks off or has too many series, `InvalidMetrics` for a
 * proper answer of another type than a vector.
 */
export function parseVector(text: string): VectorAnswer {
  const { elements, warnings } = openQueryAnswer(text, 'vector');
  return { samples: elements.map(parseSample), warnings };
}

/**
 * Reads Prometheus' answer to a range query as one vector for each of `endsMillis`; as `parseVector`.
 *
 * Warnings are of the whole range, so each vector has them all.
 */
export function parseMatrix(text: string, endsMillis: readonly number[]): VectorAnswer[] {
  const { elements, warnings } = openQueryAnswer(text, 'matrix');
  const vectors = endsMillis.map(() => [] as Sample[]);
  const indexOf = new Map(endsMillis.map((end, index) => [end, index]));
  let samples = 0;
  for (const element of elements) {
    const { metric, values } = fieldsOf(element);
    if (!Array.isArray(values)) throw notPrometheus('a series has no values');
    samples += values.length;
    if (samples > maxElements)
      throw tooMuch(`Prometheus answered more than ${maxElements} values.`);
    const labels = parseLabels(metric);
    for (const given of values) {
      const [atMillis, value] = parsePoint(given);
      const index = indexOf.get(atMillis);
      if (index === undefined) throw notPrometheus('a value is of a time that was not asked for');
      vectors[index]?.push({ labels, value });
    }
  }
  return vectors.map((vector) => ({ samples: vector, warnings }));
}

/**
 * Reads Prometheus' answer to an instant query of a range selector: samples as they were stored.
 *
 * Samples of native histograms are passed over, and series that have no others with them. Errors
 * as of `parseVector`, with a bound of `mostSamples` for all series together.
 */
export function parseRaw(text: string, mostSamples = maxRawSamples): RawAnswer {
  const { elements, warnings } = openQueryAnswer(text, 'matrix');
  const series: RawSeries[] = [];
  let count = 0;
  for (const element of elements) {
    const { metric, values, histograms } = fieldsOf(element);
    if (!Array.isArray(values ?? histograms)) throw notPrometheus('a series has no values');
    if (!Array.isArray(values) || values.length === 0) continue;
    count += values.length;
    if (count > mostSamples) throw tooMuch(`Prometheus answered more than ${mostSamples} samples.`);
    const samples = values.map(parsePoint).sort(([a], [b]) => a - b);
    series.push({ labels: parseLabels(metric), samples });
  }
  return { series, warnings };
}

/** Reads Prometheus' answer to a question for the values of a label; errors as of `parseVector`. */
export function parseValues(text: string): ValuesAnswer {
  const { elements, warnings } = openListAnswer(text);
  const values = elements.map((value) => {
    if (typeof value !== 'string') throw notPrometheus('a value of a label is no text');
    return cut(value);
  });
  return { values, warnings };
}

/** Checked by hand, not with zod: this runs once for every series. */
function fieldsOf(element: unknown) {
  if (typeof element !== 'object' || element === null) throw notPrometheus('a series is missing');
  return element as { metric?: unknown; value?: unknown; values?: unknown; histograms?: unknown };
}

function parseSample(element: unknown): Sample {
  const { metric, value } = fieldsOf(element);
  return { labels: parseLabels(metric), value: parseValue(pairOf(value)[1]) };
}

function parsePoint(given: unknown): readonly [atMillis: number, value: number] {
  const [time, value] = pairOf(given);
  const seconds = typeof time === 'string' && decimal.test(time) ? Number(time) : time;
  if (typeof seconds !== 'number') throw notPrometheus('a value has no time');
  return [Math.round(seconds * 1000), parseValue(value)];
}

function pairOf(value: unknown): readonly [time: unknown, value: unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw notPrometheus('a sample has no value');
  return value as unknown as readonly [unknown, unknown];
}

/** The labels of a series; a writer may leave out, or write as null, what has none. */
function parseLabels(metric: unknown): Record<string, string> {
  if (metric === undefined || metric === null) return {};
  if (typeof metric !== 'object' || Array.isArray(metric)) {
    throw notPrometheus('a sample has no labels');
  }
  const labels = metric as Record<string, string>;
  let count = 0;
  for (const name in labels) {
    const label = labels[name];
    if (typeof label !== 'string') throw notPrometheus('a label is no text');
    if (label.length > maxLabelLength) labels[name] = cut(label);
    count += 1;
  }
  if (count > maxLabels) {
    throw new AppError('InvalidMetrics', `Prometheus answered a series with ${count} labels.`);
  }
  return labels;
}

function cut(value: string): string {
  return value.length > maxLabelLength ? value.slice(0, maxLabelLength + 1) : value;
}

/** What Prometheus writes; `Number` alone would take blanks for 0, and hexadecimal. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const infinite = /^[+-]?inf(inity)?$/i;

/** A value as any writer of this API writes it: a text, or a bare number. */
function parseValue(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw notPrometheus('a sample has no value');
  if (decimal.test(value)) return Number(value);
  if (!infinite.test(value)) return Number.NaN;
  return value.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
