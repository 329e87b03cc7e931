import type {
  CounterPast,
  CounterSeries,
  CounterTimes,
  PastCount,
} from '../../src/domain/increments.ts';
import { judgeCounters, type SeriesIncrements } from '../../src/domain/increments.ts';

/** Counts at minutes: `'40: 1 2 _ 3'` is 1, 2 and 3 at minutes 40, 41 and 43; `2x5` is 2 five times. */
export function counts(text: string, everyMinutes = 1): [number, number][] {
  return text
    .split(';')
    .filter((part) => part.trim() !== '')
    .flatMap((part) => {
      const [from = '', values = ''] = part.split(':');
      const all = values
        .trim()
        .split(/\s+/)
        .flatMap((word) => {
          const [value = '', times = '1'] = word.split('x');
          return Array.from({ length: Number(times) }, () => value);
        });
      return all.flatMap((value, place): [number, number][] =>
        value === '_' ? [] : [[(Number(from) + place * everyMinutes) * 60_000, Number(value)]],
      );
    });
}

const notProducer = new Set(['client', 'server', 'failed', 'namespace']);

/** A series of the pair `a` to `b` unless its labels say another. */
export function series(
  labels: Record<string, string>,
  text: string,
  everyMinutes?: number,
): CounterSeries {
  const { client = 'a', server = 'b', failed = '' } = labels;
  const producer = Object.entries(labels).filter(([name]) => !notProducer.has(name));
  return {
    family: JSON.stringify([client, server, failed]),
    producer: JSON.stringify(producer.sort()),
    labels: { client, server, ...labels },
    samples: counts(text, everyMinutes),
  };
}

/** The name of a producer as `series` makes it. */
export function producerOf(labels: Record<string, string>): string {
  return series(labels, '').producer;
}

/** What a test knows of the time before; nothing where it does not say. */
export function pastOf(
  known: {
    counts?: readonly [labels: Record<string, string>, value: number][];
    samples?: string;
    presence?: Record<string, readonly number[]>;
    there?: readonly string[];
    starts?: Record<string, number>;
  } = {},
): CounterPast {
  return {
    countsOf: (family): PastCount[] =>
      (known.counts ?? [])
        .map(([labels, value]) => ({ ...series(labels, ''), value }))
        .filter((one) => one.family === family),
    samplesOf: () => counts(known.samples ?? ''),
    presenceOf: (producer) => (known.presence?.[producer] ?? []).map((minute) => minute * 60_000),
    wasThere: (producer) => known.there?.includes(producer) ?? false,
    startOf: (producer) => {
      const minute = known.starts?.[producer];
      return minute === undefined ? undefined : minute * 60_000;
    },
  };
}

/** A quarter of an hour from minute 60 to 75 that looks five minutes back, one sample each minute. */
export const quarter: CounterTimes = {
  startMillis: 60 * 60_000,
  endMillis: 75 * 60_000,
  reachMillis: 5 * 60_000,
  scrapeIntervalMillis: 60_000,
};

/** Times with another window, in minutes. */
export function windowOf(start: number, end: number, times: CounterTimes = quarter): CounterTimes {
  return { ...times, startMillis: start * 60_000, endMillis: end * 60_000 };
}

/** The series with only the samples that a window can see. */
export function within(all: readonly CounterSeries[], times: CounterTimes): CounterSeries[] {
  const from = times.startMillis - times.reachMillis;
  return all
    .map((one) => ({
      ...one,
      samples: one.samples.filter(([at]) => at > from && at <= times.endMillis),
    }))
    .filter(({ samples }) => samples.length > 0);
}

/** What all of some series counted, in order, in few words: `3`, `null`, `0 ?` or `null +20`. */
export function judged(
  all: readonly CounterSeries[],
  past: CounterPast = pastOf(),
  times: CounterTimes = quarter,
  beside: readonly CounterSeries[] = [],
): string[] {
  return judgeCounters(within(all, times), within(beside, times), past, times).map(inWords);
}

function inWords({ count, unattributed, cannotTell, severalWriters }: SeriesIncrements): string {
  return [
    String(count),
    ...(unattributed > 0 ? [`+${unattributed}`] : []),
    ...(cannotTell ? ['?'] : []),
    ...(severalWriters ? ['writers'] : []),
  ].join(' ');
}
