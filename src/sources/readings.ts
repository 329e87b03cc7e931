import { readingText } from '../domain/dependency.ts';
import type { Dialect } from './dialect.ts';
import { type DialectName, dialectNames, istioReporters } from './dialect-names.ts';
import { beyla, beylaMark } from './dialects/beyla.ts';
import { istio } from './dialects/istio.ts';
import { linkerd } from './dialects/linkerd.ts';
import { otelCollector } from './dialects/otel-collector.ts';
import { tempo } from './dialects/tempo.ts';
import type { Source } from './source.ts';
import {
  istioCounters,
  linkerdCounter,
  type Survey,
  type SurveyRow,
  serviceGraphCounter,
} from './survey.ts';

/** How a part of a source's metrics is read. */
export interface Reading {
  readonly name: DialectName;
  /** Istio's reporter, or the prefix of the collector's names; `null` where there is no choice. */
  readonly variant: string | null;
}

/** A reading as a text, as ids have it. */
export function textOfReading({ name, variant }: Reading): string {
  return readingText({ dialect: name, variant });
}

/** @throws Error where there is no such dialect. */
export function parseReading(text: string): Reading {
  const [dialect = '', ...rest] = text.split('/');
  const name = dialectNames.find((one) => one === dialect);
  if (name === undefined) throw new Error(`There is no dialect "${dialect}".`);
  return { name, variant: rest.length === 0 ? null : rest.join('/') };
}

/** Which readings a window needs, and what of it none of them reads. */
export interface Readings {
  readonly readings: readonly Reading[];
  readonly notRead: readonly SurveyRow[];
}

/**
 * All readings of a window, given what a survey found: every producer is read, each as it spells.
 *
 * What is configured limits them; what that leaves out is said.
 */
export function readingsOf(source: Source, { rows, notAsked }: Survey): Readings {
  const found = new Map<string, Reading>();
  // Of what is not asked about it is known only that there is at least one series.
  const notRead: SurveyRow[] = notAsked.map((metric) => ({ metric, labels: {}, series: 1 }));
  for (const row of rows) {
    const reading = readingOf(row);
    if (reading === null) continue;
    if (isWanted(source, reading)) found.set(keyOf(reading), reading);
    else notRead.push(row);
  }
  const fixed = fixedReading(source);
  if (fixed !== null) return { readings: [fixed], notRead };
  const readings = [...found.values()].sort(inOrder);
  return { readings, notRead };
}

/** The reading of a source whose configuration leaves no choice. */
function fixedReading(source: Source): Reading | null {
  switch (source.dialect) {
    case 'auto':
      return null;
    case 'istio':
      return source.istioReporter ? { name: 'istio', variant: source.istioReporter } : null;
    case 'otel-collector':
      return { name: 'otel-collector', variant: source.metricPrefix || null };
    default:
      return { name: source.dialect, variant: null };
  }
}

/** Who wrote some series, by their name and the labels that tell; `null` for what repeats others. */
function readingOf({ metric, labels }: SurveyRow): Reading | null {
  if (metric === linkerdCounter) {
    // The callee's proxy counts the same responses, as `inbound`.
    return labels.direction === 'outbound' ? { name: 'linkerd', variant: null } : null;
  }
  if (istioCounters.includes(metric)) {
    const reporter = istioReporters.find((one) => one === labels.reporter);
    return reporter ? { name: 'istio', variant: reporter } : null;
  }
  const prefix = metric.slice(0, -serviceGraphCounter.length);
  if (prefix !== '') return { name: 'otel-collector', variant: prefix };
  if (labels.source === 'beyla' || labels.source === 'obi') return { name: 'beyla', variant: null };
  return { name: labels.failed ? 'otel-collector' : 'tempo', variant: null };
}

function isWanted(source: Source, { name, variant }: Reading): boolean {
  if (name === 'istio' && source.istioReporter !== undefined) {
    return variant === source.istioReporter;
  }
  // Old collectors do not say what failed, so that their series look like those of Tempo.
  const isOldCollector = source.dialect === 'otel-collector' && name === 'tempo';
  return source.dialect === 'auto' || source.dialect === name || isOldCollector;
}

/** A reading in one line, such as `tempo` or `istio/waypoint`; what could end the line is left out. */
export function nameOfReading({ name, variant }: Reading): string {
  return variant === null
    ? name
    : `${name}/${variant.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '\ufffd')}`;
}

const keyOf = ({ name, variant }: Reading) => `${name}/${variant ?? ''}`;

const order: readonly DialectName[] = ['tempo', 'otel-collector', 'beyla', 'istio', 'linkerd'];

function inOrder(left: Reading, right: Reading): number {
  const byName = order.indexOf(left.name) - order.indexOf(right.name);
  const variants = [left.variant ?? '', right.variant ?? ''] as const;
  const byReporter = reporterPlace(variants[0]) - reporterPlace(variants[1]);
  return byName || byReporter || (variants[0] < variants[1] ? -1 : 1);
}

const reporterPlace = (variant: string) => (istioReporters as readonly string[]).indexOf(variant);

/** The dialect of a reading, which leaves out the series of the others that have the same names. */
export function dialectFor(source: Source, { name, variant }: Reading): Dialect {
  const telling = source.dialect === 'auto' ? ['failed!=""'] : [];
  const notBeyla = beylaMark.replace('=~', '!~');
  switch (name) {
    case 'tempo':
      return tempo(['failed=""', notBeyla]);
    case 'otel-collector':
      return otelCollector(variant ?? '', variant === null ? [...telling, notBeyla] : []);
    case 'beyla':
      return beyla;
    case 'istio':
      return istio(istioReporters.find((one) => one === variant) ?? 'source');
    case 'linkerd':
      return linkerd;
  }
}
