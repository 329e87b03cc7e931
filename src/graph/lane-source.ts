import { z } from 'zod';
import type { ChangeContext } from '../domain/change.ts';
import type { Cutoffs } from '../domain/staleness.ts';
import type { Transaction } from './database.ts';
import type { WindowKey } from './window-key.ts';

const laneSourceRow = z.object({
  staleCutoff: z.number().nullable(),
  removeCutoff: z.number().nullable(),
  stalePassAt: z.number().nullable(),
  begunAt: z.number().nullable(),
  backfillUntil: z.number().nullable(),
});

/** What the writing of a window depends on, besides what the window shows. */
export interface LaneSource {
  readonly cutoffs: Cutoffs;
  readonly context: ChangeContext;
}

/** Reads, in the lane, since when sightings of a source count and what its window is the first of. */
export async function readLaneSource(
  transaction: Transaction,
  { source, window, late }: Pick<WindowKey, 'source' | 'window' | 'late'>,
): Promise<LaneSource> {
  const { cutoffs, begunAt, backfillUntil } = await read(transaction, source);
  const contextNow = (): ChangeContext => {
    if (late === true) return 'late';
    if (backfillUntil !== null && window.endMillis <= backfillUntil) return 'backfill';
    return window.startMillis === begunAt ? 'firstWindow' : 'live';
  };
  return { cutoffs, context: contextNow() };
}

/** The cutoffs that stand, of the passes that were made over a source. */
export async function readCutoffs(transaction: Transaction, source: string): Promise<Cutoffs> {
  return (await read(transaction, source)).cutoffs;
}

async function read(transaction: Transaction, source: string) {
  const [row] = await transaction.rows('ingest/read-lane-source', { source }, laneSourceRow);
  const { staleCutoff = null, removeCutoff = null, stalePassAt = null } = row ?? {};
  const { begunAt = null, backfillUntil = null } = row ?? {};
  const cutoffs = { stale: staleCutoff, removed: removeCutoff, passedAt: stalePassAt ?? 0 };
  return { cutoffs, begunAt, backfillUntil };
}
