import { z } from 'zod';
import { byOperator } from './aliases.ts';
import { appendChanges } from './append-changes.ts';
import type { Database, Transaction } from './database.ts';
import { foldPairs } from './write-beliefs.ts';
import { changeOf, serviceNodeRow } from './write-services.ts';

const holdingsRow = z.object({
  ids: z.array(z.string()),
  evidence: z.number(),
  dependencies: z.number(),
});
/** Some services, and what the graph has of them. */
export type ServiceHoldings = z.output<typeof holdingsRow>;

/** Which services: one by its id, or all of an environment. */
export type Which = { readonly id: string } | { readonly environment: string };

/** What the graph has of services, and how to be rid of it. */
export interface ServiceRecords {
  holdings(which: Which): Promise<ServiceHoldings>;
  /**
   * Deletes services with all that is known of them, at `now` (epoch milliseconds); a repetition
   * finishes what was begun. One that is seen again comes back as new.
   */
  delete(ids: readonly string[], now: number, onService: (deleted: number) => void): Promise<void>;
}

const deletedRow = z.object({ deleted: z.number() });
const evidenceRow = z.object({ id: z.string(), clientId: z.string(), serverId: z.string() });

export function createServiceRecords(database: Database, batchRows: number): ServiceRecords {
  /**
   * Deletes some evidence of a service, or what is left of it where there is none; says whether that
   * was the last of it. Both in one transaction, so that nobody writes evidence in between.
   */
  function deletePart(id: string, now: number): Promise<boolean> {
    return database.write(async (transaction) => {
      const params = { id, limit: batchRows };
      const rows = await transaction.rows('maintenance/read-evidence-of', params, evidenceRow);
      if (rows.length === 0) {
        await deleteRest(transaction, id, now);
        return true;
      }
      await transaction.run('maintenance/delete-evidence', { ids: rows.map((row) => row.id) });
      const changes = await foldPairs(transaction, rows, now);
      await appendChanges(transaction, changes, byOperator);
      return false;
    });
  }

  return {
    holdings: (which) =>
      database.read(async (transaction) => {
        const params = { id: null, environment: null, ...which };
        const rows = await transaction.rows('query/service-holdings', params, holdingsRow);
        return holdingsRow.parse(rows[0]);
      }),

    async delete(ids, now, onService) {
      for (const [index, id] of ids.entries()) {
        while (!(await deletePart(id, now)));
        onService(index + 1);
      }
    },
  };
}

/** Deletes what is left of a service without evidence, its past included; says so where it was there. */
async function deleteRest(transaction: Transaction, id: string, now: number): Promise<void> {
  const [row] = await transaction.rows('ingest/read-services', { ids: [id] }, serviceNodeRow);
  const [found] = await transaction.rows('maintenance/delete-service', { id }, deletedRow);
  if (row === undefined || (found?.deleted ?? 0) === 0) return;
  const change = { ...changeOf(row, 'service.removed', now), purged: true as const };
  await appendChanges(transaction, [change], byOperator);
}
