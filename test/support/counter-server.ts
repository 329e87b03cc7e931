import { tempo } from '../../src/sources/dialects/tempo.ts';
import { type CounterReading, readCounter } from '../../src/sources/read-counter.ts';
import { aCounterAsking, aSource } from '../sources/doubles.ts';
import type { CounterHistory } from './counter-history.ts';
import { createPromql, type PromSeries } from './promql.ts';

/** So many series are new in each window of a crowd that they are read by their outlines. */
const crowd = 520;

/** A server in memory that holds a history, and reads its windows as the product does. */
export function createCounterServer(history: CounterHistory, { isCrowded = false } = {}) {
  const { reachMillis, intervalMillis } = history;
  const isCopied = history.series.some(({ copies }) => copies.length > 1);
  const promql = createPromql([
    ...countersOf(history, isCopied),
    ...targetsOf(history),
    ...(isCrowded ? crowdOf(history) : []),
  ]);
  const source = aSource({
    reachMillis,
    scrapeIntervalMillis: intervalMillis,
    ...(isCopied ? { replicaLabels: ['replica'] } : {}),
  });
  return {
    /** Reads a window, of all clients or of those that matchers select. */
    read(
      startMillis: number,
      endMillis: number,
      matchers: readonly string[] = [],
    ): Promise<CounterReading> {
      const { asking } = aCounterAsking(
        tempo(),
        {
          ask: (question) => ({ samples: promql.vector(question, endMillis), warnings: [] }),
          askRaw: (question) => ({ series: promql.range(question, endMillis), warnings: [] }),
        },
        { source, window: { startMillis, endMillis } },
      );
      return readCounter({ ...asking, scope: asking.part(matchers) }, () => {});
    },
  };
}

const name = 'traces_service_graph_request_total';

function countersOf({ series }: CounterHistory, isCopied: boolean): PromSeries[] {
  return series.flatMap(({ labels: { namespace, ...labels }, copies }) =>
    copies.map((copy, replica) => ({
      name,
      labels: {
        ...labels,
        ...(namespace === undefined ? {} : { client_namespace: namespace }),
        ...(isCopied ? { replica: `${replica}` } : {}),
      },
      samples: copy.map(({ at, value }) => [at, value] as const),
    })),
  );
}

/** What a server knows of what it scrapes: whether it was there, and when its process started. */
function targetsOf({ up, starts }: CounterHistory): PromSeries[] {
  const ofTargets = <T>(
    all: ReadonlyMap<string, readonly T[]>,
    sample: (one: T) => [number, number],
  ) => {
    const targets = new Map<string, Map<number, number>>();
    for (const [producer, some] of all) {
      const target = targetOf(producer);
      targets.set(target, targets.get(target) ?? new Map());
      for (const one of some) targets.get(target)?.set(...sample(one));
    }
    return [...targets].map(([target, samples]) => ({
      labels: JSON.parse(target) as Record<string, string>,
      samples: [...samples].sort(([a], [b]) => a - b),
    }));
  };
  const ups = ofTargets(up, (at) => [at, 1]);
  const started = ofTargets(starts, ({ at, startedAt }) => [at, startedAt / 1000]);
  return [
    ...ups.map((one) => ({ name: 'up', ...one })),
    ...started.map((one) => ({ name: 'process_start_time_seconds', ...one })),
  ];
}

/** The job and the instance of a producer. */
export function targetOf(producer: string): string {
  const { job, instance } = JSON.parse(producer) as Record<string, string>;
  return JSON.stringify({ job, instance });
}

/** Series that come with the end of each window, and counted nothing. */
function crowdOf({ bounds }: CounterHistory): PromSeries[] {
  return bounds.slice(1).flatMap((end) =>
    Array.from({ length: crowd }, (_, index) => ({
      name,
      labels: { client: `crowd-${end}-${index}`, server: 'server', job: 'crowd', instance: 'c' },
      samples: [[end - 1, 0] as const],
    })),
  );
}
