/** Whose clock measured: the server, the client, or both (the time a message was under way). */
export const latencySides = ['server', 'client', 'messaging'] as const;
export type LatencySide = (typeof latencySides)[number];

/** Names of the quantiles that are kept, and what they are. */
export const latencyQuantiles = { P50: 0.5, P95: 0.95, P99: 0.99 } as const;
type QuantileName = keyof typeof latencyQuantiles;
const quantileNames = Object.keys(latencyQuantiles) as QuantileName[];

/** A value about latency as a source gives it: a quantile, or one half of the mean. */
export type LatencyFactKind =
  `${LatencySide}Latency${`${QuantileName}Seconds` | 'SumSeconds' | 'Count'}`;

/** A latency of a pair in a window; also its name in the graph. */
export type LatencyName = `${LatencySide}Latency${QuantileName | 'Mean'}Seconds`;

/** Every latency there may be, by its name in the graph. */
export const latencyNames: readonly LatencyName[] = latencySides.flatMap((side) =>
  ([...quantileNames, 'Mean'] as const).map(
    (measure): LatencyName => `${side}Latency${measure}Seconds`,
  ),
);

/** What is known of a pair's latency; what is not known is absent. */
export type Latency = Readonly<Partial<Record<LatencyName, number>>>;

/** Latencies without what is absent, which the graph gives as `null`. */
export function knownLatency(latency: Readonly<Record<string, number | null>>): Latency {
  return Object.fromEntries(Object.entries(latency).filter(([, seconds]) => seconds !== null));
}

/** Which side each kind of latency fact is about. */
export const sideOfLatencyFact: ReadonlyMap<string, LatencySide> = new Map(
  latencySides.flatMap((side) =>
    [...quantileNames.map((name) => `${name}Seconds`), 'SumSeconds', 'Count'].map(
      (measure): [string, LatencySide] => [`${side}Latency${measure}`, side],
    ),
  ),
);

/** Latency facts of one pair and mode, as they are put together. */
export type LatencyFacts = Partial<Record<LatencyFactKind, number>>;

/**
 * Adds one fact to those of its pair, whatever the order.
 *
 * Sums and counts are added, so that the mean is exact. Quantiles of several series cannot be put
 * together; the greatest is kept, which the quantile of all of them never exceeds.
 */
export function addLatencyFact(facts: LatencyFacts, kind: LatencyFactKind, value: number): void {
  const before = facts[kind];
  if (before === undefined) facts[kind] = value;
  else if (kind.endsWith('LatencyCount') || kind.endsWith('SumSeconds'))
    facts[kind] = before + value;
  else facts[kind] = Math.max(before, value);
}

/** What the facts of a pair say of its latency; `undefined` where they say nothing. */
export function latencyOf(facts: LatencyFacts): Latency | undefined {
  const latency: Partial<Record<LatencyName, number>> = {};
  for (const side of latencySides) {
    for (const quantile of quantileNames) {
      const seconds = facts[`${side}Latency${quantile}Seconds`];
      if (seconds !== undefined) latency[`${side}Latency${quantile}Seconds`] = seconds;
    }
    const sum = facts[`${side}LatencySumSeconds`];
    const count = facts[`${side}LatencyCount`];
    if (sum !== undefined && count !== undefined && count > 0) {
      latency[`${side}LatencyMeanSeconds`] = sum / count;
    }
  }
  return Object.keys(latency).length > 0 ? latency : undefined;
}
