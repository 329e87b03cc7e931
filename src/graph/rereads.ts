import { z } from 'zod';
import {
  cameLate,
  isSettled,
  nextReread,
  outdatedBy,
  rereadOfLate,
  type WindowSums,
} from '../domain/reread.ts';
import type { Window } from '../domain/window.ts';
import { type WindowVerdict, windowOutcomes } from '../domain/window-outcome.ts';
import type { Database, Transaction } from './database.ts';
import { type WindowKey, windowParams } from './window-key.ts';

/** When a window was closed, and up to which age windows are read again by themselves. */
export interface ClosingTime {
  readonly nowMillis: number;
  readonly withinMillis: number;
}

/** What closing a window told of samples that came late. */
export interface LateSamples {
  /** Windows beside it that samples came for after they were read. */
  readonly outdatedWindows: number;
  /** It was read again by itself, and its end has samples now that it had not before. */
  readonly wasLate: boolean;
}

/** What is kept of a window before it is closed, and beside it; `null` where its plan is gone. */
export type SumsBefore = z.output<typeof sumsRow> | null;

const nothingLate: LateSamples = { outdatedWindows: 0, wasLate: false };

const neighbour = {
  id: z.string(),
  startMillis: z.number(),
  endMillis: z.number(),
  outcome: z.enum(windowOutcomes),
  rereads: z.number(),
};
const sumsRow = z.object({
  opening: z.number().nullable(),
  closing: z.number().nullable(),
  sumsId: z.string().nullable(),
  earlierOpening: z.number().nullable(),
  earlierClosing: z.number().nullable(),
  earlierSumsId: z.string().nullable(),
  lackedEnd: z.boolean(),
  rereads: z.number(),
  before: z.array(z.object({ ...neighbour, closing: z.number() })),
  after: z.array(z.object({ ...neighbour, opening: z.number() })),
});

/** Reads what closing a window overwrites. */
export async function readSums(transaction: Transaction, key: WindowKey): Promise<SumsBefore> {
  const params = { run: key.run, ...windowParams(key) };
  const rows = await transaction.rows('ingest/read-sums', params, sumsRow);
  return rows[0] ?? null;
}

/**
 * Says when a window that was just read is read again by itself, and marks those beside it that
 * samples came for after they were read.
 *
 * A window whose plan is gone was closed before, so that nothing is left to say.
 */
export async function settleSums(
  transaction: Transaction,
  key: WindowKey,
  { outcome, reasons }: WindowVerdict,
  known: SumsBefore,
  time: ClosingTime,
): Promise<LateSamples> {
  if (known === null) return nothingLate;
  const { windowId } = windowParams(key);
  const { rereads, lackedEnd, before, after } = known;
  const sums = sumsOf(known.opening, known.closing, known.sumsId);
  const earlier = sumsOf(known.earlierOpening, known.earlierClosing, known.earlierSumsId);
  const outdated = sums === null ? [] : outdatedBy(sums, earlier, before, after);
  await transaction.run('ingest/set-sums', {
    windowId,
    opening: sums?.opening ?? null,
    closing: sums?.closing ?? null,
    sumsId: sums?.sumsId ?? null,
    rereadAt: isSettled({ reasons })
      ? null
      : nextReread({ window: key.window, outcome, isLate: false, rereads }, time),
  });
  if (outdated.length > 0) {
    const rows = outdated.map(({ id, ...other }) => ({
      id,
      rereadAt: rereadOfLate({ ...other, window: other }, time),
    }));
    await transaction.run('ingest/mark-late', { rows });
  }
  const hasItsEnd = lackedEnd && outcome === 'complete';
  const wasLate = rereads > 0 && (hasItsEnd || (sums !== null && cameLate(sums, earlier)));
  return { outdatedWindows: outdated.length, wasLate };
}

function sumsOf(
  opening: number | null,
  closing: number | null,
  sumsId: string | null,
): WindowSums | null {
  if (opening === null || closing === null || sumsId === null) return null;
  return { opening, closing, sumsId };
}

/** The windows that are read again by themselves. */
export interface Rereads {
  /**
   * Takes the window of a source that has waited longest to be read again; `null` where none is due.
   *
   * It counts as read again from then on, so that one that cannot be read is not tried for ever.
   */
  next(source: string, time: ClosingTime): Promise<Window | null>;
}

const dueRow = z.object({
  id: z.string(),
  startMillis: z.number(),
  endMillis: z.number(),
  outcome: z.enum(windowOutcomes),
  isLate: z.boolean(),
  rereads: z.number(),
});
/** Windows that became too old while nobody was there to read them are passed, so many at a time. */
const dueAtOnce = 100;

export function createRereads(database: Database): Rereads {
  return {
    async next(source, time) {
      const params = { source, now: time.nowMillis, limit: dueAtOnce };
      const due = await database.read((transaction) =>
        transaction.rows('ingest/due-rereads', params, dueRow),
      );
      const isOld = ({ endMillis }: Window) => time.nowMillis - endMillis > time.withinMillis;
      const old = due.filter(isOld).map(({ id, rereads }) => ({ id, rereads, rereadAt: null }));
      const taken = due.find((window) => !isOld(window)) ?? null;
      const rows = taken === null ? old : [...old, afterTaking(taken, time)];
      if (rows.length > 0) {
        await database.write((transaction) => transaction.run('ingest/set-rereads', { rows }));
      }
      if (taken === null) return null;
      const { startMillis, endMillis } = taken;
      return { startMillis, endMillis };
    },
  };
}

/** How it stands should reading it again not come to its end. */
function afterTaking({ id, ...due }: z.output<typeof dueRow>, time: ClosingTime) {
  const rereads = due.rereads + 1;
  return { id, rereads, rereadAt: nextReread({ ...due, window: due, rereads }, time) };
}
