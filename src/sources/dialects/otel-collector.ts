import type { Dialect } from '../dialect.ts';
import type { Histogram } from '../latency-questions.ts';
import { escapeRegex, quoted, series } from '../series.ts';
import { serviceGraphLabels, serviceGraphPair } from '../service-graph.ts';
import { dialectOf } from '../spelling.ts';

/**
 * How the OpenTelemetry Collector's service graph connector spells a service graph.
 *
 * Every series has the label `failed`, so a pair has two of each; failures are those with `true`,
 * because the counter of failures does not exist before the first one. Exporters may put a prefix
 * before all names, and may or may not write the unit into the histograms' names.
 *
 * @param prefix what stands before `traces_service_graph_`, its underscore included
 */
export function otelCollector(prefix: string): Dialect {
  const requests = `${prefix}traces_service_graph_request_total`;
  return dialectOf({
    requests: series(requests),
    failures: [series(requests, 'failed="true"')],
    histograms: [histogram(prefix, 'server'), histogram(prefix, 'client')],
    producerLabels: ['job', 'instance'],
    ...serviceGraphLabels,
    pairOf(source, labels) {
      const pair = serviceGraphPair(source, labels);
      if (pair.connectionType !== 'virtual_node' || pair.virtualSide !== null) return pair;
      return { ...pair, virtualSide: sideWithoutResource(labels) };
    },
  });
}

function histogram(prefix: string, side: 'server' | 'client'): Histogram {
  const beginning = `${escapeRegex(prefix)}traces_service_graph_request_${side}`;
  const ending = (one: string) =>
    series(null, `__name__=~${quoted(`${beginning}(_seconds)?_${one}`)}`);
  return {
    side,
    bucket: ending('bucket'),
    sum: ending('sum'),
    count: ending('count'),
    unit: 'seconds',
  };
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
