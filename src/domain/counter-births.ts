import { createPresence } from './counter-presence.ts';
import { type CounterSample, type Life, livesOf } from './counter-samples.ts';
import {
  type CounterPast,
  type CounterSeries,
  type CounterTimes,
  smallCount,
} from './counter-series.ts';

/** A count that a first value may go on with. */
export interface Before {
  readonly value: number;
  /** When, where that is within the reach of the window. */
  readonly at: number | undefined;
  /** Whether it is of the series itself and not of another that ended. */
  readonly own: boolean;
  /** Whether no label of the two series says that they are of two processes. */
  readonly agrees: boolean;
}

/** What the first values that a producer came back with, all in one scrape, say together. */
export interface Return {
  /** How many are lower than what they would go on with: only a new process does that. */
  lower: number;
  /** How many are what they go on with, or more. */
  heldOrGrew: number;
  /** Whether one is exactly a count that is too large for chance: the same process goes on. */
  goesOn: boolean;
  /** Whether one is exactly a large count of a series that lives on: the same process, read twice. */
  isReadTwice: boolean;
}

/** The first sample of a life that begins in the window. */
export interface Birth {
  readonly index: number;
  readonly series: CounterSeries;
  readonly at: number;
  readonly value: number;
  readonly life: Life;
  /** When its producer was last there before, where that is within the reach of the window. */
  readonly producerSeenAt: number | undefined;
  /** Whether its producer was there within the reach before, when it had no counter of these labels. */
  readonly isAccompanied: boolean;
  /** Whether its producer is known from any time before. */
  readonly isKnown: boolean;
  readonly back: Return;
  before: Before | undefined;
}

/** The samples of a series in lives. */
export function livesOfSeries(
  { samples, isOutline }: CounterSeries,
  { reachMillis }: Pick<CounterTimes, 'reachMillis'>,
): Life[] {
  return livesOf(samples, isOutline === true ? Number.POSITIVE_INFINITY : reachMillis);
}

/** Whether the first sample of a life is of the window. */
export function beginsInWindow(life: Life, { startMillis, endMillis }: CounterTimes): boolean {
  const at = life[0]?.[0] ?? Number.NEGATIVE_INFINITY;
  return at > startMillis && at <= endMillis;
}

/** The lives of some series that begin in the window, with their own count before where it is in reach. */
export function birthsOf(
  listed: readonly CounterSeries[],
  beside: readonly CounterSeries[],
  past: CounterPast,
  times: CounterTimes,
): Birth[] {
  const presence = createPresence([...listed, ...beside], past, times);
  const returns = new Map<string, Map<number | undefined, Return>>();
  return listed.flatMap((series, index) => {
    const { producer } = series;
    let last: CounterSample | undefined;
    return livesOfSeries(series, times).flatMap((life): Birth[] => {
      const before = last;
      last = life.at(-1);
      const [first] = life;
      if (first === undefined || !beginsInWindow(life, times)) return [];
      const [at, value] = first;
      const producerSeenAt = presence.lastBefore(producer, at);
      return [
        {
          index,
          series,
          at,
          value,
          life,
          producerSeenAt,
          isAccompanied: producerSeenAt !== undefined && producerSeenAt >= at - times.reachMillis,
          isKnown: producerSeenAt !== undefined || past.wasThere(producer),
          back: returnOf(returns, producer, producerSeenAt),
          before: before && { value: before[1], at: before[0], own: true, agrees: true },
        },
      ];
    });
  });
}

/** What a producer came back with since it was last there is of one return. */
function returnOf(
  returns: Map<string, Map<number | undefined, Return>>,
  producer: string,
  seenAt: number | undefined,
): Return {
  const ofProducer = returns.get(producer) ?? new Map<number | undefined, Return>();
  returns.set(producer, ofProducer);
  const known = ofProducer.get(seenAt);
  if (known !== undefined) return known;
  const created = { lower: 0, heldOrGrew: 0, goesOn: false, isReadTwice: false };
  ofProducer.set(seenAt, created);
  return created;
}

/** Adds what each birth says to what its producer came back with. */
export function tallyReturns(births: readonly Birth[]): void {
  for (const { value, before, back } of births) {
    if (before === undefined) continue;
    if (value < before.value) back.lower += 1;
    else back.heldOrGrew += 1;
    if (value === before.value && value > smallCount) back.goesOn = true;
  }
}
