import type { Dialect } from '../dialect.ts';
import { histogramNamed } from '../latency-questions.ts';
import { series } from '../series.ts';
import { serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/** The label by which Beyla, and the OpenTelemetry project it became, mark their series. */
const matchers = ['source=~"beyla|obi"'];
const requests = series('traces_service_graph_request_total', ...matchers);

/**
 * How Grafana Beyla spells a service graph: like Tempo, and marked as its own.
 *
 * The mark keeps apart the series of a Tempo beside it, which counts the same requests. A plain
 * call has no `connection_type`, namespaces and clusters are those of Kubernetes where no service
 * namespace is known, and a service's calls to itself are left out by Beyla.
 */
export const beyla: Dialect = dialectOf({
  requests,
  failures: [series('traces_service_graph_request_failed_total', ...matchers)],
  histograms: [
    histogramNamed('traces_service_graph_request_server_seconds', 'server', { matchers }),
    histogramNamed('traces_service_graph_request_client_seconds', 'client', { matchers }),
  ],
  producerLabels: ['job', 'instance'],
  ...serviceGraphLabels,
  pairOf: serviceGraphPair,
});
