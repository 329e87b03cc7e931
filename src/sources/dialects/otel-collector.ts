import type { Dialect } from '../dialect.ts';
import { series } from '../series.ts';
import { serviceGraphHistogram, serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/**
 * How the OpenTelemetry Collector's service graph connector spells a service graph.
 *
 * Every series has the label `failed`, so a pair has two of each; failures are those with `true`,
 * because the counter of failures does not exist before the first one. Exporters may put a prefix
 * before all names, and may or may not write the unit into the histograms' names.
 *
 * @param prefix what stands before `traces_service_graph_`, its underscore included
 * @param matchers what tells its series from those of others that write the same names
 */
export function otelCollector(prefix: string, matchers: readonly string[] = []): Dialect {
  const requests = `${prefix}traces_service_graph_request_total`;
  return dialectOf({
    requests: series(requests, ...matchers),
    failureLabel: 'failed',
    failures: [series(requests, 'failed="true"', ...matchers)],
    histograms: [
      serviceGraphHistogram(prefix, 'server', matchers),
      serviceGraphHistogram(prefix, 'client', matchers),
    ],
    ...serviceGraphLabels,
    pairOf(source, labels) {
      const pair = serviceGraphPair(source, labels);
      if (pair.connectionType !== 'virtual_node' || pair.virtualSide !== null) return pair;
      return { ...pair, virtualSide: sideWithoutResource(labels) };
    },
  });
}

/**
 * The side that was inferred: it has no span, so none of the labels that come from a resource.
 *
 * That tells a service really called `user` from the one that stands for whoever was not seen.
 */
function sideWithoutResource(labels: Readonly<Record<string, string>>): 'client' | 'server' | null {
  const filled = (side: string) =>
    Object.entries(labels).some(([name, value]) => name.startsWith(`${side}_`) && value !== '');
  const [client, server] = [filled('client'), filled('server')];
  if (client === server) return null;
  return client ? 'server' : 'client';
}
