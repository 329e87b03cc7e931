import fc from 'fast-check';

/** A sample as it is stored, and which counter of which process it really is of. */
export interface TrueSample {
  readonly at: number;
  readonly value: number;
  readonly counter: string;
}

/** A series as it is stored; its copies are of servers that scrape alike. */
export interface StoredSeries {
  readonly pair: string;
  readonly producer: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly copies: TrueSample[][];
  /** Whether two processes write it by turns. */
  readonly hasTwoWriters: boolean;
}

export interface CounterHistory {
  readonly intervalMillis: number;
  readonly windowMillis: number;
  readonly reachMillis: number;
  /** The ends of the windows and before them the start of the first. */
  readonly bounds: readonly number[];
  readonly series: readonly StoredSeries[];
  /** When targets were up, where that is known; by producer. */
  readonly up: ReadonlyMap<string, readonly number[]>;
  /** When processes started, or what they say of it; by producer. */
  readonly starts: ReadonlyMap<string, readonly { at: number; startedAt: number }[]>;
}

export const perMille = fc.integer({ min: 0, max: 999 });
const amount = fc.oneof(
  fc.constantFrom(1, 1, 1, 2, 3),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 3000 }),
);

const pairPlan = fc.record({
  pair: fc.integer({ min: 0, max: 2 }),
  /** What the first process had counted before anybody looked. */
  before: fc.oneof(fc.constant(0), amount),
  /** What later processes count as they begin. */
  again: fc.oneof(fc.constant(0), fc.constant(0), amount),
  requests: fc.array(fc.record({ at: perMille, amount }), { maxLength: 5 }),
  perScrape: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, amount),
});

const eventPlan = fc.record({
  kind: fc.constantFrom('restart', 'replace', 'crashLoop', 'miss', 'label', 'namespace'),
  at: perMille,
  /** Of three reaches. */
  span: fc.oneof(fc.constantFrom(0, 5, 30), perMille),
});

export const slotPlan = fc.record({
  phase: perMille,
  jitter: fc.constantFrom(0, 0, 10, 200),
  pruneScrapes: fc.constantFrom(0, 0, 8, 25),
  scrapedFrom: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, perMille),
  pairs: fc.uniqueArray(pairPlan, { minLength: 1, maxLength: 3, selector: ({ pair }) => pair }),
  events: fc.array(eventPlan, { maxLength: 4 }),
  isCopied: fc.integer({ min: 0, max: 9 }).map((n) => n === 9),
  hasTwoWriters: fc.integer({ min: 0, max: 14 }).map((n) => n === 14),
  secondJobFrom: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, perMille),
  isUpKnown: fc.boolean(),
  start: fc.constantFrom<'unknown' | 'known' | 'tooOld'>('unknown', 'known', 'tooOld'),
});

export type Slot = typeof slotPlan extends fc.Arbitrary<infer T> ? T : never;

export const historyPlan = fc.record({
  interval: fc.constantFrom(5, 10, 15, 30, 60, 120),
  window: fc.constantFrom(60, 90, 300, 900, 3600, 7200),
  reach: fc.constantFrom(10, 45, 60, 300, 600),
  windows: fc.integer({ min: 1, max: 5 }),
  offset: fc.integer({ min: 0, max: 10_000_000 }),
  before: fc.integer({ min: 0, max: 80 }),
  slots: fc.array(slotPlan, { minLength: 1, maxLength: 3 }),
});

interface Process {
  readonly from: number;
  readonly to: number;
  readonly instance: number;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

export type HistoryPlan = typeof historyPlan extends fc.Arbitrary<infer T> ? T : never;

/** The times of a planned history: what is asked about begins some scrapes after it. */
export function timesOf(plan: HistoryPlan) {
  const windowMillis = plan.window * 1000;
  // A window of two hours that is scraped each five seconds would be all of a run.
  const intervalMillis = Math.max(plan.interval * 1000, windowMillis / 500);
  const reachMillis = Math.max(plan.reach * 1000, 2.5 * intervalMillis);
  const windows = Math.max(
    1,
    Math.min(plan.windows, Math.floor((700 * intervalMillis) / windowMillis)),
  );
  const from = 1_700_000_000_000 + plan.offset;
  const start = from + plan.before * intervalMillis;
  const bounds = Array.from({ length: windows + 1 }, (_, i) => start + i * windowMillis);
  const to = start + windows * windowMillis;
  return { from, to, bounds, windowMillis, intervalMillis, reachMillis };
}

/** What a server that scrapes the processes of a plan stores. */
export function historyOf(plan: HistoryPlan): CounterHistory {
  const { from, to, bounds, windowMillis, intervalMillis, reachMillis } = timesOf(plan);
  const world: World = {
    from,
    to,
    intervalMillis,
    reachMillis,
    series: new Map(),
    up: new Map(),
    starts: new Map(),
  };
  for (const [index, slot] of plan.slots.entries()) runSlot(world, slot, index);
  const series = [...world.series.values()];
  for (const { copies } of series) for (const one of copies) one.sort((a, b) => a.at - b.at);
  const { up, starts } = world;
  return { intervalMillis, windowMillis, reachMillis, bounds, series, up, starts };
}

/** Histories of counters whose requests are known, as a server that scrapes them stores them. */
export const anyCounterHistory: fc.Arbitrary<CounterHistory> = historyPlan.map(historyOf);

interface World {
  readonly from: number;
  readonly to: number;
  readonly intervalMillis: number;
  readonly reachMillis: number;
  readonly series: Map<string, StoredSeries>;
  readonly up: Map<string, number[]>;
  readonly starts: Map<string, { at: number; startedAt: number }[]>;
}

function runSlot(world: World, slot: Slot, index: number): void {
  const at = (part: number) => world.from + ((world.to - world.from) * part) / 1000;
  const writers = slot.hasTwoWriters ? [0, 1] : [0];
  for (const writer of writers) {
    const processes = processesOf(world, slot);
    const counters = countersOf(world, slot, processes, `${index}/${writer}`, writer);
    const look = (job: string, copy: number, phase: number, since: number) =>
      scrape(world, { slot, index, processes, counters, job, copy, phase, since });
    look('x', 0, slot.phase + 500 * writer, at(slot.scrapedFrom));
    if (slot.isCopied && !slot.hasTwoWriters) look('x', 1, slot.phase + 400, at(slot.scrapedFrom));
    if (slot.secondJobFrom >= 0)
      look('y', 0, slot.phase + 300 + 500 * writer, at(slot.secondJobFrom));
  }
}

/** The processes of a slot, one after the other. */
function processesOf(
  { from, to, intervalMillis, reachMillis }: World,
  { events }: Slot,
): Process[] {
  const ends = events
    .flatMap(({ kind, at, span }) => {
      const downAt = from + ((to - from) * at) / 1000;
      const away = (3 * reachMillis * span) / 1000;
      if (kind === 'crashLoop') {
        return [0, 1, 2, 3].map((turn) => ({
          at: downAt + turn * (2.3 + (span % 3)) * intervalMillis,
          away: 0.4 * intervalMillis,
          isReplaced: false,
        }));
      }
      return kind === 'restart' || kind === 'replace'
        ? [{ at: downAt, away, isReplaced: kind === 'replace' }]
        : [];
    })
    .sort((a, b) => a.at - b.at);
  const processes: Process[] = [];
  let begun = from - 100_000_000;
  let instance = 0;
  for (const end of ends) {
    if (end.at <= begun) continue;
    processes.push({ from: begun, to: end.at, instance });
    begun = end.at + end.away;
    if (end.isReplaced) instance += 1;
  }
  return [...processes, { from: begun, to: to + 1, instance }];
}

interface Counter extends Span {
  readonly name: string;
  readonly pair: string;
  readonly requests: readonly { at: number; amount: number }[];
}

/** The counters that processes have: from the first request to the end, or until they are forgotten. */
function countersOf(
  { from, to, intervalMillis }: World,
  { pairs, pruneScrapes }: Slot,
  processes: readonly Process[],
  slotName: string,
  writer: number,
): Counter[] {
  const forgotten = pruneScrapes === 0 ? Number.POSITIVE_INFINITY : pruneScrapes * intervalMillis;
  return pairs.flatMap((plan) => {
    const busy: { at: number; amount: number }[] = [];
    for (let at = from; plan.perScrape > 0 && at < to; at += 0.83 * intervalMillis) {
      busy.push({ at, amount: plan.perScrape });
    }
    const asked = plan.requests.map((one) => ({
      at: from + ((to - from) * ((one.at + 37 * writer) % 1000)) / 1000,
      amount: one.amount,
    }));
    return processes.flatMap((process, turn) => {
      const first = turn === 0 ? plan.before * (1 + 7 * writer) : plan.again;
      const begin = turn === 0 ? from - 1 : process.from + 0.2 * intervalMillis;
      const all = [...(first > 0 ? [{ at: begin, amount: first }] : []), ...busy, ...asked]
        .filter(({ at }) => at >= process.from && at < process.to)
        .sort((a, b) => a.at - b.at);
      const counters: { requests: typeof all }[] = [];
      for (const request of all) {
        const current = counters.at(-1);
        const last = current?.requests.at(-1);
        if (current && last && request.at - last.at < forgotten) current.requests.push(request);
        else counters.push({ requests: [request] });
      }
      return counters.map(({ requests }, n) => ({
        name: `${slotName}/${turn}/${plan.pair}/${n}`,
        pair: `pair-${plan.pair}`,
        requests,
        from: requests[0]?.at ?? 0,
        to: Math.min(process.to, (requests.at(-1)?.at ?? 0) + forgotten),
      }));
    });
  });
}

interface Scrape {
  readonly slot: Slot;
  readonly index: number;
  readonly processes: readonly Process[];
  readonly counters: readonly Counter[];
  readonly job: string;
  readonly copy: number;
  readonly phase: number;
  readonly since: number;
}

function scrape(
  world: World,
  { slot, index, processes, counters, job, copy, phase, since }: Scrape,
): void {
  const { from, to, intervalMillis, reachMillis } = world;
  const at = (part: number) => from + ((to - from) * part) / 1000;
  const missed = slot.events
    .filter(({ kind }) => kind === 'miss')
    .map((event) => ({
      from: at(event.at),
      to: at(event.at) + (3 * reachMillis * event.span) / 1000,
    }));
  const isOdd = (kind: string, time: number) =>
    slot.events.filter((event) => event.kind === kind && at(event.at) <= time).length % 2 === 1;
  const next = new Map<Counter, { place: number; value: number }>();
  for (let n = 0; ; n += 1) {
    const late = (slot.jitter * ((n * 7919 + index) % 100)) / 100_000;
    const time = Math.round(from + (n + ((phase % 1000) + 0.5) / 1000 + late) * intervalMillis);
    if (time > to) return;
    if (time < since || missed.some((span) => time >= span.from && time < span.to)) continue;
    const process = processes.find((one) => time >= one.from && time < one.to);
    if (process === undefined) continue;
    const who: Record<string, string> = { job, instance: `${index}-${process.instance}` };
    if (isOdd('label', time)) who.collector = 'c';
    const producer = JSON.stringify(who);
    if (slot.isUpKnown) push(world.up, producer, time);
    if (slot.start !== 'unknown') {
      const startedAt = slot.start === 'known' ? process.from : from - 1_000_000_000;
      push(world.starts, producer, { at: time, startedAt });
    }
    for (const counter of counters) {
      if (time < counter.from || time >= counter.to) continue;
      const seen = next.get(counter) ?? { place: 0, value: 0 };
      next.set(counter, seen);
      for (
        let one = counter.requests[seen.place];
        one && one.at <= time;
        one = counter.requests[seen.place]
      ) {
        seen.value += one.amount;
        seen.place += 1;
      }
      const labels: Record<string, string> = { client: counter.pair, server: 'server', ...who };
      if (isOdd('namespace', time)) labels.namespace = 'n';
      const key = JSON.stringify(labels);
      const series = world.series.get(key) ?? {
        pair: counter.pair,
        producer,
        labels,
        copies: [],
        hasTwoWriters: slot.hasTwoWriters,
      };
      world.series.set(key, series);
      while (series.copies.length <= copy) series.copies.push([]);
      series.copies[copy]?.push({ at: time, value: seen.value, counter: counter.name });
    }
  }
}

function push<T>(all: Map<string, T[]>, key: string, one: T): void {
  const known = all.get(key) ?? [];
  all.set(key, known);
  known.push(one);
}
