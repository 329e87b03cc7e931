import { keyOf, type Producer } from './producer.ts';
import { matchSuccessors } from './successors.ts';
import type { Window } from './window.ts';

/** What one producer has in a window: a process, or what stands for it, that writes its own series. */
export interface ProducerCensus {
  /** Its labels as a text. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Series with a sample anywhere in the window. */
  readonly series: number;
  /** Series with a sample shortly after the window's start, and shortly before its end. */
  readonly nearStart: number;
  readonly nearEnd: number;
  /** The most samples that one of its series has in the window. */
  readonly samples: number;
}

/** A producer of a window. */
export interface PresentProducer extends Producer, ProducerCensus {}

/** A producer that windows before had; times in epoch milliseconds. */
export interface KnownProducer extends Producer {
  /** Start of the window in which it appeared. */
  readonly knownSince: number;
  /** Start of the first window at whose end it was not there; `null` while it is there. */
  readonly missingSince: number | null;
  /** Whether the evidence of what only it shows says that nobody watches it. */
  readonly isMarked: boolean;
  /** Whether it stands for one that went. */
  readonly isSuccessor: boolean;
  /** Whether it stands for all producers of its job, because there are too many to be kept. */
  readonly isJob: boolean;
}

/** A producer that was there and is not; what it alone showed is to be asked. */
export interface LostProducer {
  readonly producer: KnownProducer;
  /** `cutOff` where the window has samples of it, and none near its end. */
  readonly how: 'cutOff' | 'absent';
  /** Since when it is missing: the start of the first window at whose end it was not there. */
  readonly since: number;
  /** End of the last window in which it was there. */
  readonly lastThereAt: number;
}

/** What became of the producers of a source in a window. */
export interface ProducerJudgement {
  /** New ones that are there at the window's end. */
  readonly appeared: readonly PresentProducer[];
  /** Those among them, or among the known, that stand for one that went. */
  readonly successors: readonly Producer[];
  /** They were missing, and are there at the window's end. */
  readonly returned: readonly KnownProducer[];
  /** They are there at its end, and were not at its start. */
  readonly late: readonly KnownProducer[];
  /** They are expected no more: replaced by others, or missing for longer than the bound. */
  readonly gone: readonly KnownProducer[];
  /** They went in this window, or went before and nobody knows yet what they showed. */
  readonly lost: readonly LostProducer[];
  /** They went before, and what they showed is marked. */
  readonly missing: readonly KnownProducer[];
}

export interface ProducersOfWindow {
  readonly window: Window;
  readonly present: readonly PresentProducer[];
  readonly known: readonly KnownProducer[];
  /** Readings whose producers were not all counted; nothing is said of them. */
  readonly unjudged: ReadonlySet<string>;
  /** How long a producer may be missing until it is expected no more, in milliseconds. */
  readonly missingMillis: number;
}

/**
 * Compares the producers of a window with those that windows before had.
 *
 * One that is not there at the window's end was replaced where another of its kind appeared about
 * when it went; else what only it shows is not watched any more.
 */
export function judgeProducers(input: ProducersOfWindow): ProducerJudgement {
  const { window, missingMillis, unjudged } = input;
  const length = window.endMillis - window.startMillis;
  const present = new Map(input.present.map((one) => [keyOf(one), one]));
  const known = input.known.filter(({ reading }) => !unjudged.has(reading));
  const knownKeys = new Set(input.known.map(keyOf));

  // Where nobody was there at its start, that is the store's gap, and no producer's.
  const hasStart = input.present.some(({ nearStart }) => nearStart > 0);
  const returned: KnownProducer[] = [];
  const late: KnownProducer[] = [];
  const away: LostProducer[] = [];
  for (const producer of known) {
    const census = present.get(keyOf(producer));
    if ((census?.nearEnd ?? 0) > 0) {
      if (producer.missingSince !== null) returned.push(producer);
      if (hasStart && census?.nearStart === 0) late.push(producer);
      continue;
    }
    const how = census === undefined ? 'absent' : 'cutOff';
    const since = producer.missingSince ?? window.startMillis;
    away.push({ producer, how, since, lastThereAt: how === 'cutOff' ? window.endMillis : since });
  }
  const appeared = input.present.filter(
    (one) => one.nearEnd > 0 && !unjudged.has(one.reading) && !knownKeys.has(keyOf(one)),
  );

  // A replacement may begin in one window and end in the next.
  const since = window.startMillis - length;
  const isThere = (one: Producer) => (present.get(keyOf(one))?.nearEnd ?? 0) > 0;
  // Where all were new, none of them was there in the place of another.
  const first = input.known.reduce(
    (least, one) => Math.min(least, one.knownSince),
    Number.POSITIVE_INFINITY,
  );
  const recent = known.filter(
    (one) => one.knownSince >= since && one.knownSince > first && !one.isSuccessor && isThere(one),
  );
  const replaced = matchSuccessors(
    away.filter((one) => one.since >= since).map(({ producer }) => producer),
    [...appeared, ...recent],
  );
  const isOver = (one: LostProducer) => window.endMillis - one.since > missingMillis;
  const isGone = (one: LostProducer) => replaced.has(one.producer) || isOver(one);
  const open = away.filter((one) => !isGone(one));
  const isSettled = ({ producer }: LostProducer) =>
    producer.missingSince !== null && producer.isMarked;
  return {
    appeared,
    successors: [...replaced.values()],
    returned,
    late,
    gone: away.filter(isGone).map(({ producer }) => producer),
    lost: open.filter((one) => !isSettled(one)),
    missing: open.filter(isSettled).map(({ producer }) => producer),
  };
}

/**
 * The producers that a window in the past is judged against, as they were then.
 *
 * One that went for good is forgotten, so nobody misses it where it was.
 */
export function knownAt(
  known: readonly KnownProducer[],
  { startMillis, endMillis }: Window,
  missingMillis: number,
): KnownProducer[] {
  return known
    .filter(({ knownSince, missingSince }) => {
      const isExpected = missingSince === null || endMillis <= missingSince + missingMillis;
      return knownSince <= startMillis && isExpected;
    })
    .map((one) => (isMissingAt(one, endMillis) ? one : { ...one, missingSince: null }));
}

function isMissingAt({ missingSince }: KnownProducer, endMillis: number): boolean {
  return missingSince !== null && missingSince < endMillis;
}

/** Above so many producers a source's are kept by their jobs. */
export const mostProducers = 5000;

/**
 * The producers of a window as they are kept: each, or one for all of a job where there are too many.
 *
 * Once kept by job they stay so, because going back would look as if all were new.
 */
export function keptProducers(
  present: readonly PresentProducer[],
  known: readonly KnownProducer[],
  most: number = mostProducers,
): { readonly present: readonly PresentProducer[]; readonly areJobs: boolean } {
  const areJobs = present.length > most || known.some(({ isJob }) => isJob);
  if (!areJobs) return { present, areJobs };
  const byJob = new Map<string, PresentProducer>();
  for (const one of present) {
    const job = jobOf(one);
    const key = keyOf(job);
    const before = byJob.get(key);
    byJob.set(key, {
      ...job,
      series: (before?.series ?? 0) + one.series,
      nearStart: (before?.nearStart ?? 0) + one.nearStart,
      nearEnd: (before?.nearEnd ?? 0) + one.nearEnd,
      samples: Math.max(before?.samples ?? 0, one.samples),
    });
  }
  return { present: [...byJob.values()], areJobs };
}

/** What stands for all producers of a job. */
export function jobOf({ reading, labels }: Producer): Producer {
  const { job = '' } = labels;
  return { reading, id: JSON.stringify([['job', job]]), labels: { job } };
}
