import type { PairFact, PairFactKind } from '../domain/observation.ts';
import type { Sample } from './answer.ts';
import type { Counter, CounterLabels } from './counter-labels.ts';
import type { HistogramSpelling } from './latency-questions.ts';
import type { Series } from './series.ts';
import type { Source } from './source.ts';

/** The sides of a pair; a window is cut into shards by its clients, and those by their servers. */
export type Side = 'client' | 'server';

/** How a producer's metrics spell a service graph: what to ask of a window, and how to read it. */
export interface Dialect {
  /** The counters that decide which pairs the window shows, and how much traffic they had. */
  readonly counters: readonly Counter[];
  /**
   * Whether its series say which requests failed.
   *
   * @param present all names of labels that its series have; `null` where that is not known
   */
  tellsFailures(present: readonly string[] | null): boolean;
  /** A gauge that is 1 while the producer knows a connection; `null` where there is none. */
  readonly listed: Series | null;
  /** The counters by which it is seen which producers there are, and when. */
  readonly presence: readonly Series[];
  /**
   * What the labels of its counters say.
   *
   * @param present all names of labels that its series have; `null` where that is not known
   */
  labelsFor(source: Source, present: readonly string[] | null): CounterLabels;
  /** The histograms of latency; a window is whole without them. */
  readonly histograms: readonly HistogramSpelling[];
  /** The one place that turns a sample into a fact; the source's own labels are in it. */
  read(source: Source, kind: PairFactKind, sample: Sample): PairFact;
}
