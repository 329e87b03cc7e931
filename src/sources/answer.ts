import { z } from 'zod';
import { AppError } from '../runtime/errors.ts';

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

const envelope = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  /** How VictoriaMetrics' cluster says that a storage node did not answer. */
  isPartial: z.boolean().optional(),
  data: z.object({
    resultType: z.string(),
    // Its elements are checked one by one below; zod would copy them all first.
    result: z.custom<readonly unknown[]>(Array.isArray),
  }),
});

/** More series than this are not read from one answer. */
const maxSeries = 500_000;
/** Warnings are counted and quoted; more, and longer ones, say nothing more. */
const maxWarnings = 100;
const maxWarningLength = 500;
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
  const { result, warnings } = parseAnswer(text, 'vector');
  return { samples: result.map(parseSample), warnings };
}

/**
 * Reads Prometheus' answer to a range query as one vector for each of `endsMillis`; as `parseVector`.
 *
 * Warnings are of the whole range, so each vector has them all.
 */
export function parseMatrix(text: string, endsMillis: readonly number[]): VectorAnswer[] {
  const { result, warnings } = parseAnswer(text, 'matrix');
  const vectors = endsMillis.map(() => [] as Sample[]);
  const indexOf = new Map(endsMillis.map((end, index) => [end, index]));
  let samples = 0;
  for (const element of result) {
    const { labels, values } = parseSeries(element);
    samples += values.length;
    if (samples > maxSeries) throw tooMuch(`Prometheus answered more than ${maxSeries} values.`);
    for (const [seconds, value] of values) {
      const index = indexOf.get(Math.round(seconds * 1000));
      if (index === undefined) throw notPrometheus('a value is of a time that was not asked for');
      vectors[index]?.push({ labels, value: parseValue(value) });
    }
  }
  return vectors.map((vector) => ({ samples: vector, warnings }));
}

function parseAnswer(text: string, type: 'vector' | 'matrix') {
  const parsed = envelope.safeParse(parseJson(text));
  if (!parsed.success) throw notPrometheus('its JSON is not that of the query API');
  const { data, isPartial = false, warnings: said = [] } = parsed.data;
  const warnings = said.slice(0, maxWarnings).map((warning) => warning.slice(0, maxWarningLength));
  if (isPartial) warnings.unshift('The server says that its answer is partial.');
  if (data.resultType !== type) {
    throw new AppError(
      'InvalidMetrics',
      `Prometheus answered a ${data.resultType.slice(0, 40)} where a ${type} was asked for.`,
    );
  }
  if (data.result.length > maxSeries) {
    throw tooMuch(`Prometheus answered more than ${maxSeries} series.`);
  }
  return { result: data.result, warnings };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (text.startsWith('{')) throw tooMuch('The answer of Prometheus breaks off.', cause);
    throw notPrometheus('it is no JSON', cause);
  }
}

/** Checked by hand, not with zod: this runs once for every series. */
function parseSample(element: unknown): Sample {
  if (typeof element !== 'object' || element === null) throw notPrometheus('a sample is missing');
  const { metric, value } = element as { metric?: unknown; value?: unknown };
  return { labels: parseLabels(metric), value: parseValue(textOf(value)) };
}

function parseSeries(element: unknown) {
  if (typeof element !== 'object' || element === null) throw notPrometheus('a series is missing');
  const { metric, values } = element as { metric?: unknown; values?: unknown };
  if (!Array.isArray(values)) throw notPrometheus('a series has no values');
  const parsed = values.map((value: unknown): readonly [number, string] => {
    const text = textOf(value);
    const seconds: unknown = Array.isArray(value) ? value[0] : undefined;
    if (typeof seconds !== 'number') throw notPrometheus('a value has no time');
    return [seconds, text];
  });
  return { labels: parseLabels(metric), values: parsed };
}

function textOf(value: unknown): string {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[1] !== 'string') {
    throw notPrometheus('a sample has no value');
  }
  return value[1];
}

function parseLabels(metric: unknown): Record<string, string> {
  if (typeof metric !== 'object' || metric === null || Array.isArray(metric)) {
    throw notPrometheus('a sample has no labels');
  }
  const labels = metric as Record<string, string>;
  let count = 0;
  for (const name in labels) {
    const label = labels[name];
    if (typeof label !== 'string') throw notPrometheus('a label is no text');
    if (label.length > maxLabelLength) labels[name] = label.slice(0, maxLabelLength + 1);
    count += 1;
  }
  if (count > maxLabels) {
    throw new AppError('InvalidMetrics', `Prometheus answered a series with ${count} labels.`);
  }
  return labels;
}

/** What Prometheus writes; `Number` alone would take blanks for 0, and hexadecimal. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function parseValue(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return decimal.test(text) ? Number(text) : Number.NaN;
}

/** What is too much to be answered at once; asking for less may help, asking again does not. */
export function tooMuch(message: string, cause?: unknown): AppError {
  return new AppError('QueryTooHeavy', message, { cause, details: { reason: 'cutOff' } });
}

function notPrometheus(why: string, cause?: unknown): AppError {
  return new AppError('PrometheusUnavailable', `The answer is not Prometheus' own: ${why}.`, {
    cause,
  });
}

export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [atMillis: number, value: number])[];
}
export interface RawAnswer {
  readonly series: readonly RawSeries[];
  readonly warnings: readonly string[];
}
export function parseRaw(text: string): RawAnswer {
  const { result, warnings } = parseAnswer(text, 'matrix');
  const series = result.map((element) => {
    const { labels, values } = parseSeries(element);
    return {
      labels,
      samples: values.map(
        ([seconds, value]) => [Math.round(seconds * 1000), parseValue(value)] as const,
      ),
    };
  });
  return { series, warnings };
}
