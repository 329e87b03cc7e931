import { z } from 'zod';
import type { Database } from './database.ts';

const agreementRow = z.object({ other: z.string(), shared: z.number(), agreeing: z.number() });
/** How many pairs another source has counted in the same windows, and of how many about the same. */
export type Agreement = z.output<typeof agreementRow>;

/** Most evidence of a source that is looked at, and most pairs that are compared. */
const scanned = 20_000;
const limit = 500;

/** The sources that have counted pairs of this one since an instant, in epoch milliseconds. */
export function agreementsOf(
  database: Database,
  source: string,
  sinceMillis: number,
): Promise<Agreement[]> {
  const params = { prefix: `${source}|`, source, since: sinceMillis, scanned, limit };
  return database.read((transaction) =>
    transaction.rows('query/agreeing-sources', params, agreementRow),
  );
}
