import fc from 'fast-check';
import {
  type CounterHistory,
  type HistoryPlan,
  historyOf,
  historyPlan,
  perMille,
  type Slot,
  type StoredSeries,
  slotPlan,
  type TrueSample,
  timesOf,
} from './counter-history.ts';

const second = 1000;
const hour = 3_600_000;

/** Gaps that a look back meets: none of an hour, of six hours or of a day reaches over all of them. */
const gap = fc.oneof(
  fc.integer({ min: 1, max: 600 }).map((seconds) => seconds * second),
  fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * 60 * second),
  fc.constantFrom(0.9 * hour, 1.1 * hour, 5.9 * hour, 6.5 * hour, 10 * hour),
);

/** Events near the ends of windows, and gaps of any length. */
const hardEvent = fc.record({
  kind: fc.constantFrom('restart', 'replace', 'crashLoop', 'miss', 'label', 'namespace'),
  at: fc.oneof(perMille, fc.record({ bound: fc.nat(5), scrapes: fc.double({ min: -2, max: 2 }) })),
  away: fc.oneof(fc.constantFrom(0, 5 * second), gap),
});

const hardPlan = fc.record({
  history: historyPlan,
  earlier: fc.constantFrom(0, 0, 100, 300),
  slots: fc.array(fc.tuple(slotPlan, fc.array(hardEvent, { maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  }),
  /** Times in which nothing is stored, or nothing of one slot while the others go on. */
  holes: fc.array(fc.record({ at: perMille, lasts: gap, slot: fc.constantFrom(null, 0, 1, 2) }), {
    maxLength: 2,
  }),
  broken: fc.array(
    fc.record({
      series: fc.nat(30),
      at: perMille,
      samples: fc.constantFrom(1, 1, 2, 5, 40),
      value: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300),
    }),
    { maxLength: 2 },
  ),
  /** What comes only after the window that ends with this bound is read for the first time. */
  late: fc.record({ bound: fc.integer({ min: 1, max: 5 }), processes: fc.nat(7), from: perMille }),
  isCopied: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
  isReadByPair: fc.boolean(),
  isCrowded: fc.integer({ min: 0, max: 29 }).map((n) => n === 29),
});

/** A history in which much goes wrong at once, and how it is read. */
export interface HardHistory {
  /** All that is stored at last. */
  readonly history: CounterHistory;
  /** What is stored when a window is read for the first time, the last one of this history. */
  readonly early: CounterHistory;
  /** Whether each client is read by itself. */
  readonly isReadByPair: boolean;
  /** Whether so many other series are new in each window that they are read by their outlines. */
  readonly isCrowded: boolean;
}

export const anyHardHistory: fc.Arbitrary<HardHistory> = hardPlan.map((plan) => {
  const before = plan.history.before + plan.earlier;
  const times = timesOf({ ...plan.history, before });
  const slots = plan.slots.map(([slot, events]): Slot => {
    const all = events.map(({ kind, at, away }) => ({
      kind,
      at: typeof at === 'number' ? at : partOf(at, times),
      span: (1000 * away) / (3 * times.reachMillis),
    }));
    const isCopied = slot.isCopied || plan.isCopied;
    return { ...slot, isCopied, events: [...slot.events, ...all] };
  });
  const whole: HistoryPlan = { ...plan.history, before, slots };
  const history = plan.holes.reduce(
    (so, { at, lasts, slot }) => {
      const begin = times.from + ((times.to - times.from) * at) / 1000;
      return slot === null ? withHole(so, begin, lasts) : withSlotAway(so, begin, lasts, slot);
    },
    withBroken(historyOf(whole), plan.broken),
  );
  return {
    history,
    early: withoutLate(history, plan.late),
    isReadByPair: plan.isReadByPair,
    isCrowded: plan.isCrowded,
  };
});

/** Where in a history some scrapes before or after the end of a window lie, per mille. */
function partOf(
  { bound, scrapes }: { bound: number; scrapes: number },
  { from, to, bounds, intervalMillis }: ReturnType<typeof timesOf>,
): number {
  const end = bounds[bound % bounds.length] ?? from;
  return (1000 * (end + scrapes * intervalMillis - from)) / (to - from);
}

/** The same, with all that is after a time some while later. */
function withHole(history: CounterHistory, begin: number, lasts: number): CounterHistory {
  const later = (time: number) => (time > begin ? time + lasts : time);
  return { ...moved(history, later, () => true), bounds: history.bounds.map(later) };
}

/** The same, with all that is before a time some while earlier of one slot, which so was away. */
function withSlotAway(
  history: CounterHistory,
  begin: number,
  lasts: number,
  slot: number,
): CounterHistory {
  const earlier = (time: number) => (time < begin ? time - lasts : time);
  const isOfSlot = (instance: string) => instance.startsWith(`${slot}-`);
  return moved(history, earlier, isOfSlot);
}

function moved(
  history: CounterHistory,
  move: (time: number) => number,
  isMoved: (instance: string) => boolean,
): CounterHistory {
  const each = <T>(all: ReadonlyMap<string, readonly T[]>, change: (one: T) => T) =>
    new Map(
      [...all].map(([producer, some]) => {
        const { instance } = JSON.parse(producer) as { instance: string };
        return [producer, isMoved(instance) ? some.map(change) : some];
      }),
    );
  return {
    ...history,
    series: mapCopies(history, (copy, _, { labels }) =>
      isMoved(labels.instance ?? '') ? copy.map((one) => ({ ...one, at: move(one.at) })) : copy,
    ),
    up: each(history.up, move),
    starts: each(history.starts, (one) => ({
      at: move(one.at),
      startedAt: move(one.startedAt),
    })),
  };
}

function mapCopies(
  { series }: CounterHistory,
  change: (copy: TrueSample[], series: number, copyOf: StoredSeries) => TrueSample[],
): StoredSeries[] {
  return series.map((one, index) => ({
    ...one,
    copies: one.copies.map((copy) => change(copy, index, one)),
  }));
}

/** The same, with what is no count in the place of some samples. */
function withBroken(
  history: CounterHistory,
  broken: readonly { series: number; at: number; samples: number; value: number }[],
): CounterHistory {
  const series = mapCopies(history, (copy, index) =>
    copy.map((sample, place) => {
      const found = broken.find((one) => {
        const first = Math.floor((copy.length * one.at) / 1000);
        const isOf = one.series % history.series.length === index;
        return isOf && place >= first && place < first + one.samples;
      });
      return found === undefined ? sample : { ...sample, value: found.value };
    }),
  );
  return { ...history, series };
}

/** What is there of a history when a window is read too early: some processes lack their last samples. */
function withoutLate(
  history: CounterHistory,
  { bound, processes, from }: { bound: number; processes: number; from: number },
): CounterHistory {
  const index = 1 + ((bound - 1) % (history.bounds.length - 1));
  const [start = 0, end = 0] = history.bounds.slice(index - 1, index + 1);
  const cut = start + ((end - start) * from) / 1000;
  // What is scraped together is late together; labels may have changed since.
  const isLate = (instance: string) => (processes >> Number.parseInt(instance, 10)) % 2 === 1;
  return {
    ...history,
    bounds: history.bounds.slice(0, index + 1),
    series: mapCopies(history, (copy, _, { labels }) =>
      copy.filter(({ at }) => at <= (isLate(labels.instance ?? '') ? cut : end)),
    ).filter(({ copies }) => copies.some(({ length }) => length > 0)),
  };
}

export const isCount = (value: number) => value >= 0 && value < 2 ** 53;

/** What a reader may take for samples. */
export function withoutBroken(history: CounterHistory): CounterHistory {
  const series = mapCopies(history, (copy) => copy.filter(({ value }) => isCount(value)));
  return { ...history, series };
}
