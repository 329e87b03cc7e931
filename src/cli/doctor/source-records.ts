import type { Database } from '../../graph/database.ts';
import { createRunRecords } from '../../graph/runs.ts';
import { createSourceRecords } from '../../graph/source-records.ts';
import { createWindowQueries } from '../../graph/window-queries.ts';
import { AppError } from '../../runtime/errors.ts';
import type { SourceRecord } from './examined-source.ts';

/** So many of the last windows are looked at. */
const lastWindows = 12;

/** What the graph has of a source; `null` where it cannot be read, which is a finding of its own. */
export async function recordOf(database: Database, source: string): Promise<SourceRecord | null> {
  try {
    const sources = await createSourceRecords(database, 1).list();
    const own = sources.find(({ id }) => id === source);
    if (own === undefined) return null;
    const queries = createWindowQueries(database);
    const { windows } = await queries.windows({ source }, null, lastWindows);
    const failing = await createRunRecords(database).page({ source, states: ['failing'] }, null, 1);
    const { frontierMillis, lastCompleteWindowEndMillis, settleMillis } = own;
    return {
      frontierMillis,
      lastCompleteWindowEndMillis,
      settleMillis,
      windows,
      failing: failing.runs[0] ?? null,
    };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
