import { z } from 'zod';
import { byOperator } from './aliases.ts';
import { appendChanges } from './append-changes.ts';
import type { Database } from './database.ts';
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

const evidenceRow = z.object({ id: z.string(), clientId: z.string(), serverId: z.string() });

export function createServiceRecords(database: Database, batchRows: number): ServiceRecords {
  /** Deletes some evidence of a service; says how much that was. */
  function deleteEvidence(id: string, now: number): Promise<number> {
    return database.write(async (transaction) => {
      const params = { id, limit: batchRows };
      const rows = await transaction.rows('maintenance/read-evidence-of', params, evidenceRow);
      if (rows.length === 0) return 0;
      await transaction.run('maintenance/delete-evidence', { ids: rows.map((row) => row.id) });
      const changes = await foldPairs(transaction, rows, now);
      await appendChanges(transaction, changes, byOperator);
      return rows.length;
    });
  }

  /** Deletes what is left of a service, its past included. */
  function deleteService(id: string, now: number): Promise<void> {
    return database.write(async (transaction) => {
      const [row] = await transaction.rows('ingest/read-services', { ids: [id] }, serviceNodeRow);
      await transaction.run('maintenance/delete-service', { id });
      if (row === undefined) return;
      const change = { ...changeOf(row, 'service.removed', now), purged: true as const };
      await appendChanges(transaction, [change], byOperator);
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
        while ((await deleteEvidence(id, now)) > 0);
        await deleteService(id, now);
        onService(index + 1);
      }
    },
  };
}
