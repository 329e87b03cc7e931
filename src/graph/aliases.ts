import { z } from 'zod';
import type { AliasTable } from '../domain/alias.ts';
import { serviceKinds } from '../domain/service.ts';
import { AppError } from '../runtime/errors.ts';
import { appendChanges, type Occasion } from './append-changes.ts';
import type { Database, Transaction } from './database.ts';
import { moveEvidence } from './move-evidence.ts';
import { inheritService, putServiceAway } from './write-services.ts';

const aliasRow = z.object({
  version: z.number(),
  alias: z.string().nullable(),
  id: z.string().nullable(),
  environment: z.string().nullable(),
  cluster: z.string().nullable(),
  namespace: z.string().nullable(),
  name: z.string().nullable(),
  kind: z.enum(serviceKinds).nullable(),
});
const madeRow = z.object({ made: z.number() });
const holdsRow = z.object({ holds: z.boolean() });
const deletedRow = z.object({ deleted: z.number() });

/** The ids that stand for other services, by the operator's word. */
export interface AliasRecords {
  /** @throws AppError `SchemaMissing`. */
  read(): Promise<AliasTable>;
  /**
   * Makes one service stand for another and moves its evidence; a repetition finishes what was begun.
   *
   * From the first transaction on nothing is written under the old id, so none is left behind. Its
   * past stays under its own name.
   * Belief that moves holds from `now` (epoch milliseconds).
   *
   * @throws AppError `InvalidAlias`.
   */
  make(
    alias: string,
    id: string,
    now: number,
    onBatch: (evidenceMoved: number) => void,
  ): Promise<void>;
  /**
   * Lets an id stand for itself again, from the next window on; what was moved stays.
   *
   * @throws AppError `InvalidAlias` where it is no alias.
   */
  remove(alias: string): Promise<void>;
}

/** What a person does by a command. */
export const byOperator: Occasion = { context: 'operator', run: null, source: null, window: null };

/** What a write is refused with when it was read with other aliases than hold now. */
export function aliasesChanged(): AppError {
  return new AppError('AliasesChanged', 'An alias was made or removed while the window was read.');
}

export function createAliasRecords(database: Database, batchRows: number): AliasRecords {
  return {
    read: () => database.read(readTable),

    async make(alias, id, now, onBatch) {
      await database.write(async (transaction) => {
        // In the lane, so that of two who say different things of one id the second is refused.
        refuseUnlessFree(await readTable(transaction), alias, id);
        const rows = await transaction.rows('maintenance/create-alias', { alias, id }, madeRow);
        if ((rows[0]?.made ?? 0) === 0) {
          throw invalid(
            `${id} is no service that can be stood for: it is gone, or an alias itself.`,
          );
        }
        const changes = await inheritService(transaction, alias, id, now);
        await appendChanges(transaction, changes, byOperator);
      });
      for (let moved = 0; ; onBatch(moved)) {
        const batch = await database.write(async (transaction) => {
          // Whoever deletes the service meanwhile takes the alias along, and nothing must be lost.
          const rows = await transaction.rows('maintenance/alias-holds', { alias, id }, holdsRow);
          if (rows[0]?.holds !== true) throw invalid(`${alias} no longer stands for ${id}.`);
          const move = { from: alias, to: id, at: now, limit: batchRows };
          const { evidence, changes } = await moveEvidence(transaction, move);
          const away = evidence === 0 ? await putServiceAway(transaction, alias, now) : [];
          await appendChanges(transaction, [...changes, ...away], byOperator);
          return evidence;
        });
        if (batch === 0) return;
        moved += batch;
      }
    },

    async remove(alias) {
      const rows = await database.write((transaction) =>
        transaction.rows('maintenance/delete-alias', { alias }, deletedRow),
      );
      if ((rows[0]?.deleted ?? 0) === 0) throw invalid(`${alias} is no alias.`);
    },
  };
}

async function readTable(transaction: Transaction): Promise<AliasTable> {
  const rows = await transaction.rows('query/aliases', {}, aliasRow);
  const aliases = rows.flatMap(({ alias, id, environment, cluster, namespace, name, kind }) =>
    alias === null || id === null || name === null || kind === null
      ? []
      : [
          [
            alias,
            {
              id,
              environment: environment ?? '',
              cluster: cluster ?? '',
              namespace: namespace ?? '',
              name,
              kind,
            },
          ] as const,
        ],
  );
  return { version: rows[0]?.version ?? 0, aliases: new Map(aliases) };
}

/** @throws AppError `InvalidAlias` where one cannot stand for the other. */
function refuseUnlessFree({ aliases }: AliasTable, alias: string, id: string): void {
  const before = aliases.get(alias);
  if (alias === id) throw invalid(`${alias} is that service already.`);
  if (before !== undefined && before.id !== id) {
    throw invalid(`${alias} stands for ${before.id}: take that back first (unalias).`);
  }
  const other = aliases.get(id);
  if (other !== undefined) throw invalid(`${id} stands for ${other.id}: name that instead.`);
  if ([alias, id].some((one) => /~(user|unknown)$/.test(one))) {
    throw invalid('A user or unknown node is nobody in particular, so it takes no alias.');
  }
}

function invalid(message: string): AppError {
  return new AppError('InvalidAlias', message);
}
