import type { Window } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import type { Sample } from './answer.ts';
import { indexScope, isTooHeavy, type WindowAsking } from './asking.ts';
import { lengthOf, rangeOf } from './counter-questions.ts';
import { isPrefixTooLong } from './matchers.ts';
import { byLabels, quoted, selectorOf, series } from './series.ts';
import type { Source } from './source.ts';

/** Series of one metric that share what tells producers apart, and how many there are. */
export interface SurveyRow {
  readonly metric: string;
  readonly labels: Sample['labels'];
  readonly series: number;
}

export interface Survey {
  readonly rows: readonly SurveyRow[];
  readonly warnings: readonly string[];
  /** Whether the index was asked, because there is too much to count; it does not know how much. */
  readonly isByIndex: boolean;
  /** Counters that are there and not asked about: one of too many prefixes, or one too long. */
  readonly notAsked: readonly string[];
}

export const serviceGraphCounter = 'traces_service_graph_request_total';
export const istioCounters = ['istio_requests_total', 'istio_tcp_connections_opened_total'];
export const linkerdCounter = 'response_total';

/** The labels that tell apart who wrote a series of the same name. */
const tellingLabels = ['failed', 'source', 'reporter', 'direction'] as const;

/** More prefixes than this are no service graphs of one source. */
const mostPrefixes = 20;

type SurveyAsking = Pick<WindowAsking, 'source' | 'window' | 'ask' | 'labelValues'>;

/** What selects the series of any producer of service graphs, whatever their names. */
const ofServiceGraphs = [['client!=""', 'server!=""'], ['reporter!=""'], ['direction="outbound"']];

/**
 * The names of all metrics of service graphs that a window has; `null` where the server does not tell.
 *
 * They say which prefixes and which histograms there are.
 */
export async function metricsThere({
  source,
  window,
  labelValues,
}: SurveyAsking): Promise<string[] | null> {
  const selectors = ofServiceGraphs.map(
    (matchers) => `{${[...matchers, ...(source.matchers ?? [])].join(',')}}`,
  );
  const answer = await orNull(labelValues('__name__', indexScope(selectors, window)));
  return answer === null ? null : [...answer.values];
}

/** What a server need not be able to tell. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'Cancelled') throw error;
    return null;
  }
}

/**
 * Looks which counters of service graphs a window has, and who may have written them.
 *
 * Every metric is asked for by its exact name, as not every server takes a pattern. A server that
 * has too much to count is asked what its index knows.
 */
export async function surveyWindow(
  asking: SurveyAsking,
  there: readonly string[] | null,
): Promise<Survey> {
  const { source, window, ask } = asking;
  const metrics = metricsOf(source, there);
  const notAsked = notAskedOf(source, there ?? []);
  try {
    const { samples, warnings } = await ask(surveyQuestion(source, window, metrics));
    const rows = samples.map(({ labels: { [nameLabel]: metric = '', ...labels }, value }) => ({
      metric,
      labels,
      series: value,
    }));
    return { rows, warnings, isByIndex: false, notAsked };
  } catch (error) {
    if (!isTooHeavy(error)) throw error;
    return { ...(await surveyByIndex(asking, metrics)), notAsked };
  }
}

export const nameLabel = 'topolog';

/** How many series of some metrics a window has; its answers name the metric in `nameLabel`. */
export function surveyQuestion(source: Source, window: Window, metrics: readonly string[]): string {
  return metrics
    .map((metric) => {
      const selector = selectorOf(series(metric), source.matchers ?? []);
      const counted = `count ${byLabels(tellingLabels)} (last_over_time(${rangeOf(selector, lengthOf(window))}))`;
      return `label_replace(${counted}, "${nameLabel}", ${quoted(metric)}, "", "")`;
    })
    .join(' or ');
}

/** The counters that are looked for, given the names of all metrics that there are. */
export function metricsOf(source: Source, there: readonly string[] | null): string[] {
  switch (source.dialect) {
    case 'tempo':
    case 'beyla':
      return [serviceGraphCounter];
    case 'otel-collector':
      return [`${source.metricPrefix ?? ''}${serviceGraphCounter}`];
    case 'istio':
      return istioCounters;
    case 'linkerd':
      return [linkerdCounter];
    case 'auto': {
      const known = [serviceGraphCounter, ...istioCounters, linkerdCounter];
      const prefixed = source.metricPrefix
        ? [`${source.metricPrefix}${serviceGraphCounter}`]
        : countersIn(there ?? []);
      return [...new Set([...prefixed.slice(0, mostPrefixes), ...known])];
    }
  }
}

/** Counters that a source which reads every prefix does not ask about, given all names there are. */
function notAskedOf(source: Source, there: readonly string[]): string[] {
  if (source.dialect !== 'auto' || source.metricPrefix) return [];
  const asked = new Set(metricsOf(source, there));
  return there.filter((name) => name.endsWith(serviceGraphCounter) && !asked.has(name));
}

/** The counters of service graphs among names of metrics, whatever stands before their names. */
function countersIn(there: readonly string[]): string[] {
  return there
    .filter((name) => name.endsWith(serviceGraphCounter))
    .filter((name) => !isPrefixTooLong(name.slice(0, -serviceGraphCounter.length)))
    .sort();
}

/** All counters of service graphs among names of metrics, whoever writes them. */
export function surveyedCounters(there: readonly string[]): string[] {
  const others = [...istioCounters, linkerdCounter].filter((name) => there.includes(name));
  return [...countersIn(there), ...others];
}

/** Tells from the index alone what there may be; the index does not know how much. */
async function surveyByIndex(
  { source, window, labelValues }: SurveyAsking,
  metrics: readonly string[],
): Promise<Omit<Survey, 'notAsked'>> {
  const rows: SurveyRow[] = [];
  const warnings: string[] = [];
  const valuesOf = async (label: string, selector: string) => {
    const answer = await labelValues(label, indexScope([selector], window));
    warnings.push(...answer.warnings);
    return answer.values;
  };
  const ofSource = source.matchers ?? [];
  for (const metric of metrics) {
    const label = istioCounters.includes(metric)
      ? 'reporter'
      : metric === linkerdCounter
        ? 'direction'
        : null;
    if (label !== null) {
      for (const value of await valuesOf(label, selectorOf(series(metric), ofSource))) {
        rows.push({ metric, labels: { [label]: value }, series: 1 });
      }
      continue;
    }
    const kinds: Record<string, string>[] = [
      { failed: '', source: '' },
      { failed: 'false', source: '' },
      { failed: '', source: 'beyla' },
    ];
    for (const labels of kinds) {
      const own = [
        `failed${labels.failed === '' ? '=' : '!='}""`,
        `source${labels.source === '' ? '!~' : '=~'}"beyla|obi"`,
      ];
      const found = await valuesOf('client', selectorOf(series(metric), [...ofSource, ...own]));
      if (found.length > 0) rows.push({ metric, labels, series: 1 });
    }
  }
  return { rows, warnings, isByIndex: true };
}
