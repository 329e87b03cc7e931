import type { Aliases } from '../domain/alias.ts';
import type { Endpoint } from '../domain/observation.ts';
import { type ServiceKind, serviceId } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import type { RawAnswer, ValuesAnswer, VectorAnswer } from './answer.ts';
import type { CounterLabels } from './counter-labels.ts';
import type { CounterScope } from './counter-questions.ts';
import type { Dialect } from './dialect.ts';
import type { Flavour } from './flavour.ts';
import type { LabelScope, PrometheusClient } from './prometheus-client.ts';
import type { Source } from './source.ts';

/** What a window is read by. */
export type SourceClient = Pick<
  PrometheusClient,
  'query' | 'queryRaw' | 'labelValues' | 'labelNames' | 'flavour'
>;

/** What is known of a reading before its pairs are asked for. */
export interface ReadingTraits {
  /** Names of all labels that its counters have; `null` where they are not known. */
  readonly labelNames: readonly string[] | null;
  /** Names of all metrics of service graphs; `null` where they are not known. */
  readonly metrics: readonly string[] | null;
  readonly flavour: Flavour;
  /** How often the source samples, as far as it can be seen. */
  readonly scrapeIntervalMillis: number;
}

/** Tells the kinds of some services by their ids, of those that are known. */
export type KindsOf = (ids: readonly string[]) => Promise<ReadonlyMap<string, ServiceKind>>;

/** Where nothing is known. */
export const noKinds: KindsOf = () => Promise.resolve(new Map());

/** One window of a source, being asked. */
export interface WindowAsking {
  readonly source: Source;
  readonly window: Window;
  /** Services that count as others. */
  readonly aliases: Aliases;
  /** What is known already of some services, by their ids. */
  kindsOf: KindsOf;
  /** Answers at the window's end. */
  ask(expression: string): Promise<VectorAnswer>;
  askRaw(expression: string): Promise<RawAnswer>;
  labelValues(label: string, scope: LabelScope): Promise<ValuesAnswer>;
}

/** One reading of a window, being asked. */
export interface Asking extends WindowAsking {
  readonly dialect: Dialect;
  readonly labels: CounterLabels;
  readonly traits: ReadingTraits;
}

export function askerOf(client: SourceClient, { endMillis }: Window, signal?: AbortSignal) {
  return {
    ask: (expression: string) => client.query(expression, endMillis, signal),
    askRaw: (expression: string) => client.queryRaw(expression, endMillis, signal),
    labelValues: (label: string, scope: LabelScope) => client.labelValues(label, scope, signal),
  };
}

export function readingAsking(
  asking: WindowAsking,
  dialect: Dialect,
  traits: ReadingTraits,
): Asking {
  return {
    ...asking,
    dialect,
    traits,
    labels: dialect.labelsFor(asking.source, traits.labelNames),
  };
}

const yearMillis = 365 * 24 * 3_600_000;

/**
 * What an index is asked about to tell what a window may have.
 *
 * It reaches far ahead, because samples that came out of order are found under later times only; so it
 * tells too much, and never too little.
 */
export function indexScope(matchers: readonly string[], window: Window): LabelScope {
  return { matchers, startMillis: window.startMillis, endMillis: window.endMillis + yearMillis };
}

/** Samples this many scrape intervals apart are still of one series that goes on. */
const intervalsOfReach = 2.5;

/** What is asked about of a counter: a part of the window, by the matchers that select it. */
export function scopeOf(
  { source, window, labels, traits }: Asking,
  matchers: readonly string[],
): CounterScope {
  const { scrapeIntervalMillis, flavour } = traits;
  return {
    window,
    matchers: [...(source.matchers ?? []), ...matchers],
    labels,
    reachMillis: Math.max(source.reachMillis, intervalsOfReach * scrapeIntervalMillis),
    scrapeIntervalMillis,
    flavour,
  };
}

/**
 * What two values of a label must share to be the same service; the one place that says so.
 *
 * A virtual node's id differs from this one, but never where this one is the same.
 */
export function identityOf(endpoint: Endpoint, aliases: Aliases): string {
  const id = serviceId(endpoint, 'service');
  return aliases.get(id)?.id ?? id;
}

/** Whether the source will not answer this, however often it is asked. */
export function isRefusal(error: unknown): error is AppError {
  return (
    error instanceof AppError && (error.code === 'InvalidMetrics' || error.code === 'QueryTooHeavy')
  );
}

/** Whether less may be answered where this was not. */
export function isTooHeavy(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'QueryTooHeavy';
}

export function timedOut(error: AppError): boolean {
  return error.details.reason === 'timeout';
}

/** Whether the server says that it left out the rest of an answer. */
export function isCutOff({ warnings }: { readonly warnings: readonly string[] }): boolean {
  return warnings.some((warning) => /truncat|\blimit\b/i.test(warning));
}
