import type { PairFact } from '../domain/observation.ts';
import type { Cut, Dialect, Question, Scope } from './dialect.ts';
import {
  brokenQuery,
  cannotTellQuery,
  type IncrementsOptions,
  incrementsQuery,
  promDuration,
} from './increments.ts';
import { type Histogram, latencyQuestions } from './latency-questions.ts';
import { type Series, selectorOf } from './series.ts';
import type { Source } from './source.ts';

/** What a pair's labels say, before there is a value. */
export type Pair = Omit<PairFact, 'kind' | 'value'>;

/** The names and labels a producer writes; and which of them say what. */
export interface Spelling {
  readonly requests: Series;
  /** Counters of failed requests that have no request in common. */
  readonly failures: readonly Series[];
  /** A gauge that is 1 while the producer knows a connection. */
  readonly listed?: Series;
  /** Counters of traffic that is not counted in requests. */
  readonly used?: readonly Series[];
  readonly histograms: readonly Histogram[];
  /** A series counts as present near an end of the window by these; the requests, if not said. */
  readonly census?: Series;
  /** The labels that tell producers apart: their series are shards of one count. */
  readonly producerLabels: readonly string[];
  /** The labels that name the client and the server. */
  readonly clientLabels: readonly string[];
  readonly serverLabels: readonly string[];
  /** The labels that say what kind of pair it is. */
  readonly pairLabels?: readonly string[];
  pairOf(source: Source, labels: Readonly<Record<string, string>>): Pair;
}

/** The dialect of a producer that counts the requests of each pair. */
export function dialectOf(spelling: Spelling): Dialect {
  const { requests, producerLabels, clientLabels, serverLabels } = spelling;
  const identityLabels = [
    ...new Set([...clientLabels, ...serverLabels, ...(spelling.pairLabels ?? [])]),
  ];

  function optionsFor({ source, window, matchers }: Scope): IncrementsOptions {
    const { reachMillis } = source;
    return { window, matchers, reachMillis, producerLabels, presence: requests, identityLabels };
  }

  /** Not the failures: a pair that only they speak of is no observation. */
  function cutBy(labels: readonly string[]): Cut {
    const counters = [
      requests,
      ...(spelling.listed ? [spelling.listed] : []),
      ...(spelling.used ?? []),
    ];
    return {
      label: labels[0] ?? '',
      counts: ({ window, matchers }) =>
        counters.map((counter) => {
          const range = promDuration(window.endMillis - window.startMillis);
          const all = `last_over_time(${selectorOf(counter, matchers)}[${range}])`;
          return `count by (${labels.join(', ')}) (${all})`;
        }),
    };
  }

  return {
    cuts: { client: cutBy(clientLabels), server: cutBy(serverLabels) },

    questions(scope) {
      const { window, matchers } = scope;
      const options = optionsFor(scope);
      const range = promDuration(window.endMillis - window.startMillis);
      const questions: Question[] = [
        { kind: 'requests', expression: incrementsQuery(requests, options) },
      ];
      for (const failures of spelling.failures) {
        const expression = incrementsQuery(failures, options);
        questions.push({ kind: 'failedRequests', expression });
      }
      if (spelling.listed) {
        const listed = `max by (${identityLabels.join(', ')}) (last_over_time(${selectorOf(spelling.listed, matchers)}[${range}])) > 0`;
        questions.push({ kind: 'listed', expression: listed });
      }
      for (const used of spelling.used ?? []) {
        questions.push({ kind: 'used', expression: `${incrementsQuery(used, options)} > 0` });
      }
      return questions;
    },

    latencyQuestions(scope) {
      const options = optionsFor(scope);
      return spelling.histograms.flatMap((histogram) => latencyQuestions(histogram, options));
    },

    census(scope) {
      const { source, window, matchers } = scope;
      const counted = selectorOf(spelling.census ?? requests, matchers);
      const length = window.endMillis - window.startMillis;
      const near = Math.min(2 * source.scrapeIntervalMillis, length);
      const count = (range: number, offset: number) =>
        `count(last_over_time(${counted}[${promDuration(range)}] offset ${promDuration(offset)}))`;
      return {
        series: count(length, 0),
        nearStart: count(near, length - near),
        nearEnd: count(near, 0),
        cannotTell: cannotTellQuery(requests, optionsFor(scope)),
        broken: brokenQuery(requests, optionsFor(scope)),
      };
    },

    read: (source, kind, { labels, value }) => ({
      kind,
      ...spelling.pairOf(source, labels),
      value,
    }),
  };
}
