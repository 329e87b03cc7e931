import type { Mode } from './dependency.ts';
import type { Latency } from './latency.ts';

/** The traffic of one piece of evidence in the latest window of its source. */
export interface EvidenceTraffic {
  readonly source: string;
  /** What the sources that see the same calls have in common; of a source without such, its id. */
  readonly callGroup: string;
  readonly mode: Mode;
  /** How the source was read; a dialect of `null` was not recorded. */
  readonly dialect: string | null;
  readonly variant: string | null;
  /** `null` where the window gave no count. */
  readonly requestsPerSecond: number | null;
  /** `null` where it is not known how many failed. */
  readonly errorRatio: number | null;
  readonly latency: Latency;
}

/** Evidence that counts the same calls, and the piece of it that was taken. */
export interface TrafficPart {
  readonly mode: Mode;
  /** The sources whose evidence this is, sorted. */
  readonly sources: readonly string[];
  readonly taken: EvidenceTraffic;
}

/** The traffic of a dependency, put together from all evidence of it. */
export interface Traffic {
  readonly requestsPerSecond: number | null;
  readonly errorRatio: number | null;
  readonly latency: Latency;
  /** What was added, by mode and source. */
  readonly parts: readonly TrafficPart[];
}

/** Which dialect is preferred where two count alike. */
export const dialectOrder: readonly string[] = [
  'tempo',
  'otel-collector',
  'beyla',
  'istio',
  'linkerd',
];

/**
 * Puts the traffic of a dependency together; the order of the evidence does not matter.
 *
 * Evidence of one source and mode, and of sources that see the same calls, counts the same calls:
 * the one with the most requests is taken, with its failures and latency. What is left is added. The
 * share of failures is that of the calls of which it is known. Latencies cannot be added: that of
 * the busiest part stands.
 */
export function trafficOf(all: readonly EvidenceTraffic[]): Traffic {
  const parts = partsOf(all);
  const [first] = parts;
  if (first === undefined) return noTraffic;
  if (parts.length === 1) {
    const { requestsPerSecond, errorRatio, latency } = first.taken;
    return { requestsPerSecond, errorRatio, latency, parts };
  }
  let requestsPerSecond: number | null = null;
  let judged = 0;
  let failing = 0;
  let busiest = first.taken;
  for (const { taken } of parts) {
    const { requestsPerSecond: rate, errorRatio } = taken;
    if (compare(taken, busiest) < 0) busiest = taken;
    if (rate === null) continue;
    requestsPerSecond = (requestsPerSecond ?? 0) + rate;
    if (errorRatio === null) continue;
    judged += rate;
    failing += rate * errorRatio;
  }
  const errorRatio = judged > 0 ? Math.min(1, failing / judged) : null;
  return { requestsPerSecond, errorRatio, latency: busiest.latency, parts };
}

const noTraffic: Traffic = { requestsPerSecond: null, errorRatio: null, latency: {}, parts: [] };

function partsOf(all: readonly EvidenceTraffic[]): TrafficPart[] {
  const [only] = all;
  // Nearly every dependency has one piece of evidence, and lists have thousands of them.
  if (only !== undefined && all.length === 1) {
    return [{ mode: only.mode, sources: [only.source], taken: only }];
  }
  const groups = new Map<string, EvidenceTraffic[]>();
  for (const one of all) {
    const key = `${one.mode}|${one.callGroup}`;
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [one]);
    else others.push(one);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => compareTexts(a, b))
    .flatMap(([, group]) => {
      const [taken] = group.sort(compare);
      if (taken === undefined) return [];
      const sources = [...new Set(group.map(({ source }) => source))].sort();
      return [{ mode: taken.mode, sources, taken }];
    });
}

/** The one to be taken first: most requests, then by dialect, variant, source and mode. */
function compare(a: EvidenceTraffic, b: EvidenceTraffic): number {
  return (
    (b.requestsPerSecond ?? -1) - (a.requestsPerSecond ?? -1) ||
    rankOf(a) - rankOf(b) ||
    compareTexts(a.dialect ?? '', b.dialect ?? '') ||
    compareTexts(a.variant ?? '', b.variant ?? '') ||
    compareTexts(a.source, b.source) ||
    compareTexts(a.mode, b.mode)
  );
}

function rankOf({ dialect }: EvidenceTraffic): number {
  const rank = dialectOrder.indexOf(dialect ?? '');
  return rank < 0 ? dialectOrder.length : rank;
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
