import type { Aliases } from '../domain/alias.ts';
import type { Window } from '../domain/window.ts';
import {
  type Asking,
  askerOf,
  indexScope,
  noKinds,
  readingAsking,
  type SourceClient,
  type WindowAsking,
} from './asking.ts';
import { dialectFor, type Reading, readingsOf } from './readings.ts';
import { selectorOf } from './series.ts';
import type { Source } from './source.ts';
import { metricsThere, orNull, type SurveyRow, surveyWindow } from './survey.ts';

/** The readings of a window, each ready to be asked. */
export interface OpenReadings {
  readonly readings: readonly Reading[];
  /** Beside the readings, in their order. */
  readonly askings: readonly Asking[];
  /** Series of service graphs that the configuration leaves out. */
  readonly notRead: readonly SurveyRow[];
  readonly warnings: readonly string[];
  /** Names of all metrics of service graphs; `null` where the server does not tell. */
  readonly metrics: readonly string[] | null;
  /** Whether there is too much for the source to count. */
  readonly isSurveyedByIndex: boolean;
}

/** Looks which producers a window has, and what their series look like. */
export async function openReadings(
  client: SourceClient,
  source: Source,
  window: Window,
  { aliases, signal }: { readonly aliases: Aliases; readonly signal?: AbortSignal | undefined },
): Promise<OpenReadings> {
  const asking: WindowAsking = {
    source,
    window,
    aliases,
    kindsOf: noKinds,
    ...askerOf(client, window, signal),
  };
  const flavour = await client.flavour(signal);
  const metrics = await metricsThere(asking);
  const survey = await surveyWindow(asking, metrics);
  const { readings, notRead } = readingsOf(source, survey);
  const askings: Asking[] = [];
  for (const reading of readings) {
    const labelNames = await labelNamesOf(client, asking, reading, window, signal);
    const { scrapeIntervalMillis } = source;
    const traits = { flavour, metrics, labelNames, scrapeIntervalMillis };
    askings.push(readingAsking(asking, dialectFor(source, reading), traits));
  }
  const { warnings, isByIndex: isSurveyedByIndex } = survey;
  return { readings, askings, notRead, warnings, metrics, isSurveyedByIndex };
}

/** One reading by itself, ready to be asked; it may have had its last samples in the window before. */
export async function openReading(
  client: SourceClient,
  source: Source,
  window: Window,
  reading: Reading,
  { aliases, signal }: { readonly aliases: Aliases; readonly signal?: AbortSignal | undefined },
): Promise<Asking> {
  const asker = askerOf(client, window, signal);
  const asking: WindowAsking = { source, window, aliases, kindsOf: noKinds, ...asker };
  const flavour = await client.flavour(signal);
  const { startMillis, endMillis } = window;
  const both = { startMillis: 2 * startMillis - endMillis, endMillis };
  const labelNames = await labelNamesOf(client, asking, reading, both, signal);
  const { scrapeIntervalMillis } = source;
  const traits = { flavour, metrics: null, labelNames, scrapeIntervalMillis };
  return readingAsking(asking, dialectFor(source, reading), traits);
}

/** The names of all labels of a reading's counters; `null` where the source does not tell. */
async function labelNamesOf(
  client: SourceClient,
  { source }: WindowAsking,
  reading: Reading,
  period: Window,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | null> {
  const { presence } = dialectFor(source, reading);
  const matchers = presence.map((one) => selectorOf(one, source.matchers ?? []));
  const names = await orNull(client.labelNames(indexScope(matchers, period), signal));
  return names?.values ?? null;
}
