import type { CounterReading } from '../../src/sources/read-counter.ts';
import { nothing, type PairAnswer } from './counter-asking.ts';
import { faultOf } from './counter-faults.ts';
import type { CounterHistory } from './counter-history.ts';
import { type Allowed, interpret } from './counter-reference.ts';
import { createCounterServer } from './counter-server.ts';
import { type HardHistory, isCount, withoutBroken } from './hard-history.ts';

/** A count up to which nobody can tell a counter that began anew from one that goes on. */
const small = 10;

/** What a window's reading says of each pair, beside what all that it read allow. */
interface Told {
  readonly pair: string;
  readonly answer: PairAnswer;
  readonly allowed: Allowed;
}

/** What is wrong with the readings of a history's windows, early ones and those read again. */
export async function readingFaults(hard: HardHistory): Promise<string[]> {
  const early = spansOf(hard.early).slice(-1);
  const faults = await faultsIn(hard.early, early, hard);
  return [...faults, ...(await faultsIn(hard.history, spansOf(hard.history), hard))];
}

async function faultsIn(
  history: CounterHistory,
  spans: readonly Span[],
  hard: HardHistory,
): Promise<string[]> {
  const tell = createTeller(history, hard);
  const faults: string[] = [];
  for (const [start, end] of spans) {
    for (const { pair, answer, allowed } of await tell(start, end)) {
      const fault = faultOf(answer, allowed);
      if (fault === undefined) continue;
      faults.push(`${pair} (${start}, ${end}]: ${fault} ${JSON.stringify({ answer, allowed })}`);
    }
  }
  return faults;
}

/** Where windows do not add up to what all of their time at once comes to, though both are told. */
export async function readingGaps(hard: HardHistory): Promise<string[]> {
  const { bounds } = hard.history;
  const spans = spansOf(hard.history);
  const tell = createTeller(hard.history, hard);
  const told: Told[][] = [];
  for (const [start, end] of [...spans, [bounds[0] ?? 0, bounds.at(-1) ?? 0] as const]) {
    told.push(await tell(start, end));
  }
  return (told[0] ?? []).flatMap(({ pair }) => {
    const ofPair = told.map((all) => all.find((one) => one.pair === pair));
    const areTold = ofPair.every(
      (one) =>
        one !== undefined &&
        !one.answer.cannotTell &&
        !one.answer.severalWriters &&
        one.allowed.because.length === 0,
    );
    const totals = ofPair.map((one) => (one?.answer.count ?? 0) + (one?.answer.unattributed ?? 0));
    const ofWhole = totals.pop() ?? 0;
    const sum = totals.reduce((all, one) => all + one, 0);
    return areTold && sum !== ofWhole ? [`${pair}: ${totals.join(' + ')} is not ${ofWhole}`] : [];
  });
}

type Span = readonly [start: number, end: number];

function spansOf({ bounds }: CounterHistory): Span[] {
  return bounds.slice(1).map((end, index) => [bounds[index] ?? end, end] as const);
}

function createTeller(history: CounterHistory, { isReadByPair, isCrowded }: HardHistory) {
  const server = createCounterServer(history, { isCrowded });
  const counts = withoutBroken(history);
  return async (start: number, end: number): Promise<Told[]> => {
    const all = interpret(counts, start, end);
    // What was there before what is no count nobody asks.
    for (const pair of brokenBefore(history, start, end)) {
      const allowed = all.get(pair);
      if (allowed !== undefined) allowed.mayBeUnknown = true;
    }
    // A small count behind samples that are none may as well have begun anew.
    for (const [pair, allowed] of all) {
      const most = small * returnsIn(history, pair, start, end);
      allowed.most += most;
      allowed.mostUnattributed += most;
      if (most > 0) allowed.because.push('small, behind what is no count');
    }
    if (!isReadByPair) return together(await server.read(start, end), all);
    const told: Told[] = [];
    for (const [pair, allowed] of all) {
      const reading = await server.read(start, end, [`client="${pair}"`]);
      told.push({ pair, answer: answerOf(reading, pair), allowed });
    }
    return told;
  };
}

/** The pairs of which what is no count hides what a series had counted, before the reach or all in sight. */
function brokenBefore(
  { series, reachMillis }: CounterHistory,
  start: number,
  end: number,
): string[] {
  const from = start - reachMillis;
  return series
    .filter(({ copies }) =>
      copies.some((copy) => {
        const last = copy.findLast(({ at }) => at <= from);
        const inSight = copy.filter(({ at }) => at > from && at <= end);
        const isHidden = inSight.length > 0 && !inSight.some(({ value }) => isCount(value));
        return isHidden || (last !== undefined && !isCount(last.value));
      }),
    )
    .map(({ pair }) => pair);
}

/** How often counts of a pair may go on in a window, under other labels too, behind what is none. */
function returnsIn(
  { series, reachMillis }: CounterHistory,
  pair: string,
  start: number,
  end: number,
): number {
  const returns = series
    .filter((one) => one.pair === pair)
    .flatMap(({ copies }) => copies)
    .flatMap((copy) =>
      copy.filter(({ at, value }, i) => {
        const next = copy[i + 1];
        const isLastBroken = !isCount(value) && (next === undefined || isCount(next.value));
        return isLastBroken && at > start - reachMillis && at <= end;
      }),
    );
  return returns.length;
}

/** Where all clients are read at once, what is not told is of any of them. */
function together(reading: CounterReading, all: ReadonlyMap<string, Allowed>): Told[] {
  const some = (holds: (allowed: Allowed) => boolean) => [...all.values()].some(holds);
  const [mayBeUnknown, mayBeWriters] = [
    some((one) => one.mayBeUnknown),
    some((one) => one.mayBeWriters),
  ];
  const told = [...all].map(([pair, allowed]): Told => {
    const most = reading.unattributed;
    const answer = answerOf(reading, pair);
    const isSeen = answer.count > 0 || answer.isUsed;
    return {
      pair,
      answer: {
        ...answer,
        isSeen,
        unattributed: Math.min(
          most,
          allowed.mostUnattributed,
          Math.max(0, allowed.most - answer.count),
        ),
      },
      allowed: { ...allowed, mayBeUnknown, mayBeWriters },
    };
  });
  return told;
}

function answerOf(reading: CounterReading, pair: string): PairAnswer & { isUsed: boolean } {
  const isOf = ({ client }: Readonly<Record<string, string>>) => client === pair;
  const count = reading.samples
    .filter(({ labels }) => isOf(labels))
    .reduce((sum, { value }) => sum + value, 0);
  const isUsed = [...reading.uncounted, ...reading.used].some(isOf);
  return {
    ...nothing,
    count,
    isUsed,
    isSeen: count > 0 || isUsed,
    unattributed: reading.unattributed,
    hasUnknownCount: reading.unattributed === 0 && reading.uncounted.some(isOf),
    cannotTell: reading.cannotTell > 0,
    severalWriters: reading.severalWriters > 0,
  };
}
