import type { PairFact } from '../domain/observation.ts';
import type { Window } from '../domain/window.ts';
import type { Dialect, Question } from './dialect.ts';
import {
  brokenQuery,
  cannotTellQuery,
  type IncrementsOptions,
  incrementsQuery,
  promDuration,
} from './increments.ts';
import { type Histogram, latencyQuestions } from './latency-questions.ts';
import type { Source } from './source.ts';

/** What a pair's labels say, before there is a value. */
export type Pair = Omit<PairFact, 'kind' | 'value'>;

/** The names and labels a producer writes; counters are names or selectors. */
export interface Spelling {
  readonly requests: string;
  /** Counters of failed requests that have no request in common. */
  readonly failures: readonly string[];
  /** A gauge that is 1 while the producer knows a connection. */
  readonly listed?: string;
  /** Counters of traffic that is not counted in requests. */
  readonly used?: readonly string[];
  readonly histograms: readonly Histogram[];
  /** A series counts as present near an end of the window by these; the requests, if not said. */
  readonly census?: string;
  /** The labels that tell producers apart: their series are shards of one count. */
  readonly producerLabels: readonly string[];
  readonly identityLabels: readonly string[];
  pairOf(source: Source, labels: Readonly<Record<string, string>>): Pair;
}

/** The dialect of a producer that counts the requests of each pair. */
export function dialectOf(spelling: Spelling): Dialect {
  const { requests, identityLabels, producerLabels } = spelling;

  function optionsFor(source: Source, window: Window): IncrementsOptions {
    const { reachMillis } = source;
    return { window, reachMillis, producerLabels, presence: requests, identityLabels };
  }

  return {
    questions(source, window) {
      const options = optionsFor(source, window);
      const range = promDuration(window.endMillis - window.startMillis);
      const questions: Question[] = [
        { kind: 'requests', expression: incrementsQuery(requests, options) },
      ];
      for (const failures of spelling.failures) {
        const expression = incrementsQuery(failures, options);
        questions.push({ kind: 'failedRequests', expression });
      }
      if (spelling.listed) {
        const listed = `max by (${identityLabels.join(', ')}) (last_over_time(${spelling.listed}[${range}])) > 0`;
        questions.push({ kind: 'listed', expression: listed });
      }
      for (const used of spelling.used ?? []) {
        questions.push({ kind: 'used', expression: `${incrementsQuery(used, options)} > 0` });
      }
      return questions;
    },

    latencyQuestions(source, window) {
      const options = optionsFor(source, window);
      return spelling.histograms.flatMap((histogram) => latencyQuestions(histogram, options));
    },

    census(source, window) {
      const length = window.endMillis - window.startMillis;
      const near = Math.min(2 * source.scrapeIntervalMillis, length);
      const count = (range: number, offset: number) =>
        `count(last_over_time(${spelling.census ?? requests}[${promDuration(range)}] offset ${promDuration(offset)}))`;
      return {
        series: count(length, 0),
        nearStart: count(near, length - near),
        nearEnd: count(near, 0),
        cannotTell: cannotTellQuery(requests, optionsFor(source, window)),
        broken: brokenQuery(requests, optionsFor(source, window)),
      };
    },

    read: (source, kind, { labels, value }) => ({
      kind,
      ...spelling.pairOf(source, labels),
      value,
    }),
  };
}
