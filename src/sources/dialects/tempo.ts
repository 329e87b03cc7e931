import type { Dialect } from '../dialect.ts';
import { histogramNamed } from '../latency-questions.ts';
import { series } from '../series.ts';
import { serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/**
 * How Grafana Tempo's metrics generator spells a service graph.
 *
 * Identity beyond the names comes from `client_` and `server_` dimensions only, as it writes them
 * with `enable_client_server_prefix`; the messaging histogram and the gauge are opt-in.
 */
export const tempo: Dialect = dialectOf({
  requests: series('traces_service_graph_request_total'),
  failures: [series('traces_service_graph_request_failed_total')],
  listed: series('traces_service_graph_connection_info'),
  histograms: [
    histogramNamed('traces_service_graph_request_server_seconds', 'server'),
    histogramNamed('traces_service_graph_request_client_seconds', 'client'),
    histogramNamed('traces_service_graph_request_messaging_system_seconds', 'messaging'),
  ],
  producerLabels: ['job', 'instance', '__metrics_gen_instance'],
  ...serviceGraphLabels,
  pairOf: serviceGraphPair,
});
