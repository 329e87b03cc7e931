import type { PairFact } from '../domain/observation.ts';
import type { Cut, Dialect, Question, Scope, Side } from './dialect.ts';
import {
  brokenQuery,
  cannotTellQuery,
  type IncrementsOptions,
  incrementsQuery,
  newProducersQuery,
  onceOf,
  promDuration,
} from './increments.ts';
import { type Histogram, latencyQuestions } from './latency-questions.ts';
import { mappedEndpoint, mappedLabelsOf } from './pair-labels.ts';
import { byLabels, type Series, selectorOf, series } from './series.ts';
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
  const { requests } = spelling;
  const ownLabels = { client: spelling.clientLabels, server: spelling.serverLabels };

  function optionsFor({
    source,
    window,
    matchers,
    everyProducerBefore = false,
  }: Scope): IncrementsOptions {
    const { reachMillis, replicaLabels = [], matchers: ofSource = [] } = source;
    return {
      window,
      matchers: [...ofSource, ...matchers],
      reachMillis,
      producerLabels: spelling.producerLabels.filter((label) => !replicaLabels.includes(label)),
      presence: series(requests.metric, ...requests.matchers, ...ofSource),
      replicaLabels,
      everyProducerBefore,
      identityLabels: identityLabelsFor(source),
    };
  }

  /** Every label that says something of a side, the operator's included. */
  function sideLabelsFor({ labels }: Source, side: Side): string[] {
    return [...new Set([...mappedLabelsOf(labels, side), ...ownLabels[side]])];
  }

  function identityLabelsFor(source: Source): string[] {
    const sides = [...sideLabelsFor(source, 'client'), ...sideLabelsFor(source, 'server')];
    return [...new Set([...sides, ...(spelling.pairLabels ?? [])])];
  }

  /** Not the failures: a pair that only they speak of is no observation. */
  function cutBy(side: Side): Cut {
    const counters = [
      requests,
      ...(spelling.listed ? [spelling.listed] : []),
      ...(spelling.used ?? []),
    ];
    return {
      label: ownLabels[side][0] ?? '',
      counts(scope) {
        const options = optionsFor(scope);
        const by = byLabels(sideLabelsFor(scope.source, side));
        return counters.map(
          (counter) => `count ${by} (${onceOf(lastOf(counter, options), options)})`,
        );
      },
    };
  }

  return {
    cuts: { client: cutBy('client'), server: cutBy('server') },

    questions(scope) {
      const options = optionsFor(scope);
      const questions: Question[] = [
        { kind: 'requests', expression: incrementsQuery(requests, options) },
      ];
      for (const failures of spelling.failures) {
        const expression = incrementsQuery(failures, options);
        questions.push({ kind: 'failedRequests', expression });
      }
      if (spelling.listed) {
        const listed = `max ${byLabels(options.identityLabels)} (${lastOf(spelling.listed, options)}) > 0`;
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
      const { source, window } = scope;
      const options = optionsFor(scope);
      const counted = selectorOf(spelling.census ?? requests, options.matchers);
      const length = window.endMillis - window.startMillis;
      const near = Math.min(2 * source.scrapeIntervalMillis, length);
      const count = (range: number, offset: number) => {
        const last = `last_over_time(${counted}[${promDuration(range)}] offset ${promDuration(offset)})`;
        return `count(${onceOf(last, options)})`;
      };
      return {
        series: count(length, 0),
        nearStart: count(near, length - near),
        nearEnd: count(near, 0),
        cannotTell: cannotTellQuery(requests, options),
        broken: brokenQuery(requests, options),
      };
    },

    newProducers(scope) {
      // A producer of other traffic may count no requests at all, and so not be among those.
      return spelling.used ? null : newProducersQuery(optionsFor(scope));
    },

    present(scope) {
      const options = optionsFor(scope);
      const all = [requests, ...(spelling.used ?? [])].map((one) => lastOf(one, options));
      return `group ${byLabels(options.identityLabels)} (${all.join(' or ')})`;
    },

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

/** The last values of a window. */
function lastOf(counted: Series, { matchers, window }: IncrementsOptions): string {
  const range = promDuration(window.endMillis - window.startMillis);
  return `last_over_time(${selectorOf(counted, matchers)}[${range}])`;
}
