import type { Series } from './series.ts';

type Labels = Readonly<Record<string, string>>;

/** What the labels of a counter's series say, as names of labels. */
export interface CounterLabels {
  /** Those that name the client and the server; each side's name comes first. */
  readonly client: readonly string[];
  readonly server: readonly string[];
  /** All that tell pairs apart, those of both sides included. */
  readonly identity: readonly string[];
  /** Those that say what kind of requests a series counts, such as `failed`; they are added up. */
  readonly kinds: readonly string[];
  /** Those by which copies of one series differ. */
  readonly replicas: readonly string[];
}

/** The label by which one side of a pair is known. */
export function nameLabelOf(labels: CounterLabels, side: 'client' | 'server'): string {
  return labels[side][0] ?? '';
}

/** What is neither the pair's nor a kind's nor a copy's: that is the producer's. */
export function producerLabelsOf(labels: CounterLabels, series: Labels): Labels {
  const others = new Set([...labels.identity, ...labels.kinds, ...labels.replicas, '__name__']);
  return Object.fromEntries(Object.entries(series).filter(([name]) => !others.has(name)));
}

/** All labels by which `without` leaves the producer's. */
export function notOfProducer(labels: CounterLabels): string[] {
  return [...new Set([...labels.identity, ...labels.kinds, ...labels.replicas])];
}

/** Labels as a text that is the same for the same labels. */
export function textOfLabels(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The values of some labels as a text; a missing label is an empty one. */
export function textOfValues(labels: Labels, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => labels[name] ?? ''));
}

/**
 * What series must share so that one may go on with another's count: the names of both sides and the
 * kind. Not all of the identity, because a namespace may be among the labels that were added.
 */
export function familyOf(labels: CounterLabels, series: Labels): string {
  const names = [nameLabelOf(labels, 'client'), nameLabelOf(labels, 'server'), ...labels.kinds];
  return textOfValues(series, names);
}

/** The labels of a series without those by which copies differ, and without the metric's name. */
export function withoutReplicas({ replicas }: CounterLabels, series: Labels): Labels {
  const kept = Object.entries(series).filter(
    ([name]) => name !== '__name__' && !replicas.includes(name),
  );
  return Object.fromEntries(kept);
}

/** A counter of a dialect, and what its values are. */
export interface Counter {
  readonly kind: 'requests' | 'failedRequests' | 'used';
  readonly series: Series;
}
