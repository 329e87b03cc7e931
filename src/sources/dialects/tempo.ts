import type { Endpoint, PairFact, PairFactKind } from '../../domain/observation.ts';
import type { Window } from '../../domain/window.ts';
import type { Sample } from '../answer.ts';
import type { Dialect } from '../dialect.ts';
import {
  brokenQuery,
  cannotTellQuery,
  type IncrementsOptions,
  incrementsQuery,
  promDuration,
} from '../increments.ts';
import type { Source } from '../source.ts';

const requestsCounter = 'traces_service_graph_request_total';
const failuresCounter = 'traces_service_graph_request_failed_total';
const connectionGauge = 'traces_service_graph_connection_info';

const identityLabels = [
  'client',
  'server',
  'client_service_namespace',
  'server_service_namespace',
  'connection_type',
  'virtual_node',
  'metric_overflow',
];

/** A generator's series are shards of one count; the same labels tell which producer was present. */
const producerLabels = ['job', 'instance', '__metrics_gen_instance'];

/** How Grafana Tempo's metrics generator spells a service graph. */
export const tempo: Dialect = {
  questions(source, window) {
    const options = optionsOf(source, window);
    const range = promDuration(window.endMillis - window.startMillis);
    const listed = `max by (${identityLabels.join(', ')}) (last_over_time(${connectionGauge}[${range}])) > 0`;
    return [
      { kind: 'requests', expression: incrementsQuery(requestsCounter, options) },
      { kind: 'failedRequests', expression: incrementsQuery(failuresCounter, options) },
      { kind: 'listed', expression: listed },
    ];
  },

  census(source, window) {
    const length = window.endMillis - window.startMillis;
    const near = Math.min(2 * source.scrapeIntervalMillis, length);
    const count = (range: number, offset: number) =>
      `count(last_over_time(${requestsCounter}[${promDuration(range)}] offset ${promDuration(offset)}))`;
    return {
      series: count(length, 0),
      nearStart: count(near, length - near),
      nearEnd: count(near, 0),
      cannotTell: cannotTellQuery(requestsCounter, optionsOf(source, window)),
      broken: brokenQuery(requestsCounter, optionsOf(source, window)),
    };
  },

  read(source, kind, sample) {
    return readSample(source.fixed, kind, sample);
  },
};

function optionsOf(source: Source, window: Window): IncrementsOptions {
  const { reachMillis } = source;
  return { window, reachMillis, producerLabels, producerMetric: requestsCounter, identityLabels };
}

function readSample(
  fixed: { environment: string; cluster: string },
  kind: PairFactKind,
  { labels, value }: Sample,
): PairFact {
  const side = labels.virtual_node;
  return {
    kind,
    client: endpoint(fixed, labels.client, labels.client_service_namespace),
    server: endpoint(fixed, labels.server, labels.server_service_namespace),
    connectionType: labels.connection_type ?? '',
    virtualSide: side === 'client' || side === 'server' ? side : null,
    overflow: labels.metric_overflow === 'true',
    value,
  };
}

function endpoint(
  fixed: { environment: string; cluster: string },
  name: string | undefined,
  namespace: string | undefined,
): Endpoint {
  return {
    environment: fixed.environment,
    cluster: fixed.cluster,
    namespace: namespace ?? '',
    name: name ?? '',
  };
}
