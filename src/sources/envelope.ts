import { z } from 'zod';
import { AppError } from '../runtime/errors.ts';

// Writers differ in what is empty: Go writes a list that was never made as null, others leave it out.
const list = z.custom<readonly unknown[]>(Array.isArray).nullish();

const said = {
  status: z.literal('success'),
  warnings: z.array(z.string()).nullish(),
  /** How VictoriaMetrics' cluster says that a storage node did not answer. */
  isPartial: z.boolean().nullish(),
};

// Elements of lists are checked one by one by who reads them; zod would copy them all first.
const ofQuery = z.object({
  ...said,
  data: z.object({ resultType: z.string().nullish(), result: list }),
});
const ofList = z.object({ ...said, data: list });

/** More elements than this are not read from one answer. */
export const maxElements = 500_000;
/** Warnings are counted and quoted; more, and longer ones, say nothing more. */
const maxWarnings = 100;
const maxWarningLength = 500;

/** What an answer holds, still to be read one by one, and what the server says is incomplete of it. */
export interface Enveloped {
  readonly elements: readonly unknown[];
  readonly warnings: string[];
}

/** Opens the answer to a query; one without a type is only taken where it is empty. */
export function openQueryAnswer(text: string, type: 'vector' | 'matrix'): Enveloped {
  const { data, ...rest } = opened(ofQuery, text);
  const elements = data.result ?? [];
  const given = data.resultType?.toLowerCase() ?? '';
  if (given === '' && elements.length > 0) throw notPrometheus('it does not say its type');
  if (given !== '' && given !== type) {
    const what = /^[a-z]{1,20}$/.test(given) ? `a ${given}` : 'something else';
    throw new AppError(
      'InvalidMetrics',
      `Prometheus answered ${what} where a ${type} was asked for.`,
    );
  }
  return bounded(elements, rest);
}

/** Opens an answer that is a plain list, such as that of a label's values. */
export function openListAnswer(text: string): Enveloped {
  const { data, ...rest } = opened(ofList, text);
  return bounded(data ?? [], rest);
}

function opened<T>(schema: z.ZodType<T>, text: string): T {
  const { success, data } = schema.safeParse(parseJson(text));
  if (!success) throw notPrometheus('its JSON is not that of the query API');
  return data;
}

function bounded(
  elements: readonly unknown[],
  { warnings: given, isPartial }: Pick<z.output<typeof ofList>, 'warnings' | 'isPartial'>,
): Enveloped {
  if (elements.length > maxElements) {
    throw tooMuch(`Prometheus answered more than ${maxElements} series.`);
  }
  const kept = (given ?? []).slice(0, maxWarnings);
  const warnings = kept.map((warning) => warning.slice(0, maxWarningLength));
  if (isPartial) warnings.unshift('The server says that its answer is partial.');
  return { elements, warnings };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (text.startsWith('{')) throw tooMuch('The answer of Prometheus breaks off.', cause);
    throw notPrometheus('it is no JSON', cause);
  }
}

/** What is too much to be answered at once; asking for less may help, asking again does not. */
export function tooMuch(message: string, cause?: unknown): AppError {
  return new AppError('QueryTooHeavy', message, { cause, details: { reason: 'cutOff' } });
}

export function notPrometheus(why: string, cause?: unknown): AppError {
  return new AppError('PrometheusUnavailable', `The answer is not Prometheus' own: ${why}.`, {
    cause,
  });
}
