import type { PairFact } from '../domain/observation.ts';
import type { CounterLabels } from './counter-labels.ts';
import type { Dialect, Side } from './dialect.ts';
import type { HistogramSpelling } from './latency-questions.ts';
import { mappedEndpoint, mappedLabelsOf } from './pair-labels.ts';
import type { Series } from './series.ts';
import type { Source } from './source.ts';

/** What a pair's labels say, before there is a value. */
export type Pair = Omit<PairFact, 'kind' | 'value'>;

/** The names and labels a producer writes; and which of them say what. */
export interface Spelling {
  readonly requests: Series;
  /** Counters of failed requests that have no request in common. */
  readonly failures: readonly Series[];
  /** A label without which the series do not say which requests failed. */
  readonly failureLabel?: string;
  /** A gauge that is 1 while the producer knows a connection. */
  readonly listed?: Series;
  /** Counters of traffic that is not counted in requests. */
  readonly used?: readonly Series[];
  readonly histograms: readonly HistogramSpelling[];
  /** A producer is there while it has series of these; the requests, if not said. */
  readonly presence?: readonly Series[];
  /** The labels that name the client and the server, each side's name first. */
  readonly clientLabels: readonly string[];
  readonly serverLabels: readonly string[];
  /** Others that name them, with names that only some servers take: asked where they are there. */
  readonly dotted?: Readonly<Record<Side, readonly string[]>>;
  /** The labels that say what kind of pair it is. */
  readonly pairLabels?: readonly string[];
  /** The labels that say what kind of requests a series counts; they are neither a pair's nor a producer's. */
  readonly kindLabels: readonly string[];
  /** Whether a label that is in none of these lists is of that kind, too. */
  isKindLabel?(name: string): boolean;
  pairOf(source: Source, labels: Readonly<Record<string, string>>): Pair;
}

/** The dialect of a producer that counts the requests of each pair. */
export function dialectOf(spelling: Spelling): Dialect {
  const { requests, failures, used = [] } = spelling;
  const ownLabels = { client: spelling.clientLabels, server: spelling.serverLabels };

  /** Every label that says something of a side; the name that it is cut by comes first. */
  function sideLabelsFor({ labels }: Source, side: Side): string[] {
    const [name = ''] = ownLabels[side];
    return [...new Set([name, ...mappedLabelsOf(labels, side), ...ownLabels[side]])];
  }

  return {
    counters: [
      { kind: 'requests', series: requests },
      ...used.map((series) => ({ kind: 'used' as const, series })),
      ...failures.map((series) => ({ kind: 'failedRequests' as const, series })),
    ],
    tellsFailures: (present) =>
      spelling.failureLabel === undefined || (present?.includes(spelling.failureLabel) ?? true),
    listed: spelling.listed ?? null,
    presence: spelling.presence ?? [requests],

    labelsFor(source, present) {
      const there = new Set(present ?? []);
      const side = (one: Side) => [
        ...sideLabelsFor(source, one),
        ...(spelling.dotted?.[one] ?? []).filter((name) => there.has(name)),
      ];
      const [client, server] = [side('client'), side('server')];
      const identity = [...new Set([...client, ...server, ...(spelling.pairLabels ?? [])])];
      const replicas = source.replicaLabels ?? [];
      const told = [...spelling.kindLabels, ...(source.kindLabels ?? [])];
      const found = [...there].filter((name) => spelling.isKindLabel?.(name));
      const others = new Set([...identity, ...replicas]);
      const kinds = [...new Set([...told, ...found])].filter((name) => !others.has(name));
      const labels: CounterLabels = { client, server, identity, kinds, replicas };
      return labels;
    },

    histograms: spelling.histograms,

    read(source, kind, { labels, value }) {
      const { client, server, connectionType, virtualSide, overflow } = spelling.pairOf(
        source,
        labels,
      );
      // Named one by one, because this runs for every value, and a spread costs more than the rest.
      return {
        kind,
        client: mappedEndpoint(labels, source.labels?.client, client),
        server: mappedEndpoint(labels, source.labels?.server, server),
        connectionType,
        virtualSide,
        overflow,
        value,
      };
    },
  };
}
