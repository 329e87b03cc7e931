import { z } from 'zod';
import { type Coverage, coverageOf, type SourceReading } from '../domain/coverage.ts';
import { type Freshness, freshnessOf } from '../domain/freshness.ts';
import type { Transaction } from './database.ts';
import type { At } from './resolve-service.ts';

/** What an answer about the graph says of how its sources were read. */
export interface Standing {
  readonly freshness: Freshness[];
  /** Of the instant that the answer is about. */
  readonly coverage: Coverage;
}

/** The same of an answer that compares two instants. */
export interface StandingBetween {
  readonly freshness: Freshness[];
  readonly coverage: { readonly from: Coverage; readonly to: Coverage };
}

const freshnessRow = z.object({
  source: z.string(),
  lastCompleteWindowEndMillis: z.number().nullable(),
  frontierMillis: z.number().nullable(),
  looked: z.array(z.number()),
  intervalSeconds: z.number().nullable(),
  lastReads: z.array(z.object({ instantMillis: z.number(), endMillis: z.number().nullable() })),
});
type FreshnessRow = z.output<typeof freshnessRow>;

/** Reads how the sources stand at an instant; `null` is the present. */
export async function standingIn(
  transaction: Transaction,
  at: At,
  nowMillis: number,
): Promise<Standing> {
  const instant = at ?? nowMillis;
  const rows = await transaction.rows('query/freshness', { instants: [instant] }, freshnessRow);
  return {
    freshness: rows.map((row) => freshnessOf(row, nowMillis)),
    coverage: coverageAt(rows, instant),
  };
}

/** Reads how the sources stand at two instants, in one statement. */
export async function standingBetweenIn(
  transaction: Transaction,
  fromMillis: number,
  toMillis: number,
  nowMillis: number,
): Promise<StandingBetween> {
  const instants = [fromMillis, toMillis];
  const rows = await transaction.rows('query/freshness', { instants }, freshnessRow);
  return {
    freshness: rows.map((row) => freshnessOf(row, nowMillis)),
    coverage: { from: coverageAt(rows, fromMillis), to: coverageAt(rows, toMillis) },
  };
}

function coverageAt(rows: readonly FreshnessRow[], instantMillis: number): Coverage {
  const readings = rows.map(
    ({ looked, frontierMillis, intervalSeconds, lastReads }): SourceReading => ({
      looked,
      frontierMillis,
      intervalMillis: intervalSeconds === null ? null : intervalSeconds * 1000,
      lastReadEndMillis:
        lastReads.find((read) => read.instantMillis === instantMillis)?.endMillis ?? null,
    }),
  );
  return coverageOf(readings, instantMillis);
}
