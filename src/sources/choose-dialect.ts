import type { Window } from '../domain/window.ts';
import type { Sample } from './answer.ts';
import type { Dialect } from './dialect.ts';
import { type DialectName, type IstioReporter, istioReporters } from './dialect-names.ts';
import { beyla } from './dialects/beyla.ts';
import { istio } from './dialects/istio.ts';
import { linkerd } from './dialects/linkerd.ts';
import { otelCollector } from './dialects/otel-collector.ts';
import { tempo } from './dialects/tempo.ts';
import { promDuration } from './increments.ts';
import { escapeRegex, quoted, selectorOf, series } from './series.ts';
import type { Source } from './source.ts';

/** The dialect a window is read in, and what else was settled by looking. */
export interface DialectChoice {
  readonly name: DialectName;
  /** Istio's reporter, or the prefix of the collector's names; `null` where there is no choice. */
  readonly variant: string | null;
  readonly dialect: Dialect;
}

/** What must be asked of a source before its dialect is known; `null` where nothing must. */
export function surveyQuery(source: Source, window: Window): string | null {
  const names = surveyedNames(source);
  if (names === null) return null;
  const range = promDuration(window.endMillis - window.startMillis);
  const by = '__name__, failed, source, reporter, direction';
  const selector = selectorOf(series(null, `__name__=~${quoted(names)}`), source.matchers ?? []);
  return `count by (${by}) (last_over_time(${selector}[${range}]))`;
}

function surveyedNames(source: Source): string | null {
  if (source.dialect === 'auto') {
    const { metricPrefix } = source;
    const prefix = metricPrefix === undefined ? '([a-zA-Z0-9_]+_)?' : escapeRegex(metricPrefix);
    return [`${prefix}${serviceGraphCounter}`, ...istioCounters, linkerdCounter].join('|');
  }
  const reporterOpen = source.dialect === 'istio' && source.istioReporter === undefined;
  return reporterOpen ? istioCounters.join('|') : null;
}

const serviceGraphCounter = 'traces_service_graph_request_total';
const istioCounters = ['istio_requests_total', 'istio_tcp_connections_opened_total'];
const linkerdCounter = 'response_total';

/**
 * The dialect of a source, given what the survey of a window found.
 *
 * Where several producers are there, the order is fixed, so that windows of one source do not
 * change between them with the amount of their series: tracing first, then the meshes.
 *
 * @returns `null` where the dialect was to be found and nothing is there.
 */
export function chooseDialect(source: Source, survey: readonly Sample[]): DialectChoice | null {
  switch (source.dialect) {
    case 'tempo':
      return { name: 'tempo', variant: null, dialect: tempo };
    case 'otel-collector':
      return collectorChoice(source.metricPrefix ?? '');
    case 'beyla':
      return { name: 'beyla', variant: null, dialect: beyla };
    case 'linkerd':
      return { name: 'linkerd', variant: null, dialect: linkerd };
    case 'istio':
      return istioChoice(source, survey);
    case 'auto':
      return whatIsThere(source, survey);
  }
}

/** A source as it was settled for a window, so that each of its shards is read in one dialect. */
export function settled(source: Source, name: DialectName, variant: string | null): Source {
  if (name === 'otel-collector') return { ...source, dialect: name, metricPrefix: variant ?? '' };
  const reporter = istioReporters.find((one) => one === variant);
  return { ...source, dialect: name, ...(reporter ? { istioReporter: reporter } : {}) };
}

function whatIsThere(source: Source, survey: readonly Sample[]): DialectChoice | null {
  const named = (name: string) => survey.filter(({ labels }) => labels.__name__ === name);
  const graph = survey.filter(({ labels }) => labels.__name__?.endsWith(serviceGraphCounter));
  const collector = graph.filter(({ labels }) => prefixOf(labels) !== '' || labels.failed);
  if (collector.length > 0) return collectorChoice(mostUsedPrefix(collector));
  if (graph.some(({ labels }) => labels.source === 'beyla' || labels.source === 'obi')) {
    return { name: 'beyla', variant: null, dialect: beyla };
  }
  if (graph.length > 0) return { name: 'tempo', variant: null, dialect: tempo };
  if (istioCounters.some((name) => named(name).length > 0)) return istioChoice(source, survey);
  if (named(linkerdCounter).some(({ labels }) => labels.direction === 'outbound')) {
    return { name: 'linkerd', variant: null, dialect: linkerd };
  }
  return null;
}

function collectorChoice(prefix: string): DialectChoice {
  return { name: 'otel-collector', variant: prefix || null, dialect: otelCollector(prefix) };
}

function istioChoice(source: Source, survey: readonly Sample[]): DialectChoice {
  const reporter = source.istioReporter ?? reporterThere(survey);
  return { name: 'istio', variant: reporter, dialect: istio(reporter) };
}

/** The first reporter that counts requests; where there are none, the first that counts TCP. */
function reporterThere(survey: readonly Sample[]): IstioReporter {
  for (const name of istioCounters) {
    const found = istioReporters.find((reporter) =>
      survey.some(({ labels }) => labels.__name__ === name && labels.reporter === reporter),
    );
    if (found) return found;
  }
  return 'source';
}

function prefixOf(labels: Sample['labels']): string {
  return (labels.__name__ ?? '').slice(0, -serviceGraphCounter.length);
}

function mostUsedPrefix(survey: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { labels, value } of survey) {
    counts.set(prefixOf(labels), (counts.get(prefixOf(labels)) ?? 0) + value);
  }
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return most?.[0] ?? '';
}
