import type { Relabelling } from '../domain/relabel.ts';
import type { Access } from './access.ts';
import type { DialectSetting, IstioReporter } from './dialect-names.ts';
import type { LatencyUnit } from './latency-unit.ts';
import type { LabelMap } from './pair-labels.ts';

/** A configured Prometheus-compatible endpoint with a dialect; all durations in milliseconds. */
export interface Source {
  readonly id: string;
  readonly url: string;
  readonly dialect: DialectSetting;
  readonly intervalMillis: number;
  readonly settleMillis: number;
  readonly reachMillis: number;
  readonly scrapeIntervalMillis: number;
  /** Parts of every service's identity that the operator knows and the labels do not say. */
  readonly fixed: { readonly environment: string; readonly cluster: string };
  /** What stands before the names of the collector's metrics, its underscore included. */
  readonly metricPrefix?: string;
  /** Which of Istio's proxies is believed; the first of them that is there, if not said. */
  readonly istioReporter?: IstioReporter;
  /** PromQL matchers that hold for every series that is asked about. */
  readonly matchers?: readonly string[];
  /** Which labels say who the client and the server are, where the dialect's own do not. */
  readonly labels?: LabelMap;
  /** Labels that tell copies of one series apart, such as those of two Prometheus that scrape alike. */
  readonly replicaLabels?: readonly string[];
  /** The unit of latencies whose metric says seconds, or no unit; seconds, if not said. */
  readonly latencyUnit?: LatencyUnit;
  /** Labels that say what kind of requests a series counts, besides the dialect's own. */
  readonly kindLabels?: readonly string[];
  readonly relabelling?: Relabelling;
  /** The sources that count the same calls, so that their traffic is not added. */
  readonly sameCallsAs?: readonly string[];
  /** How the server knows us; nothing where it answers everybody. */
  readonly access?: Access;
}
