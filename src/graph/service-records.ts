import { z } from 'zod';
import { dependencyId } from '../domain/dependency.ts';
import type { Database } from './database.ts';
import { refoldBeliefs } from './write-beliefs.ts';

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
      const pairs = rows.map(({ clientId, serverId }) => dependencyId(clientId, serverId));
      await refoldBeliefs(transaction, pairs, now);
      return rows.length;
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
        await database.write((transaction) =>
          transaction.run('maintenance/delete-service', { id }),
        );
        onService(index + 1);
      }
    },
  };
}
