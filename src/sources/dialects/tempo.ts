import type { Dialect } from '../dialect.ts';
import { series } from '../series.ts';
import { serviceGraphHistogram, serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/**
 * How Grafana Tempo's metrics generator spells a service graph.
 *
 * Identity beyond the names comes from `client_` and `server_` dimensions only, as it writes them
 * with `enable_client_server_prefix`; the messaging histogram and the gauge are opt-in.
 *
 * @param matchers what tells its series from those of others that write the same names
 */
export function tempo(matchers: readonly string[] = []): Dialect {
  const graph = (name: string) => series(`traces_service_graph_${name}`, ...matchers);
  return dialectOf({
    requests: graph('request_total'),
    failures: [graph('request_failed_total')],
    listed: graph('connection_info'),
    histograms: [
      serviceGraphHistogram('', 'server', matchers),
      serviceGraphHistogram('', 'client', matchers),
      serviceGraphHistogram('', 'messaging', matchers),
    ],
    ...serviceGraphLabels,
    pairOf: serviceGraphPair,
  });
}
