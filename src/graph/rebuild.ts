import { z } from 'zod';
import { changeTypes } from '../domain/change.ts';
import { dependencyId } from '../domain/dependency.ts';
import { type Belief, foldEvidence, sameBelief } from '../domain/fold.ts';
import { type BeliefPeriod, replayChanges } from '../domain/replay.ts';
import type { Database, Transaction } from './database.ts';
import { type Pair, type PairRow, pastBeliefId, readPairs } from './write-beliefs.ts';
import { beliefRow, type ImpactRow, impactRows } from './write-impacts.ts';

/** What of the derived part is not what it should be, each as how many. */
export interface Differences {
  /** What is believed now, against all evidence. */
  readonly beliefs: number;
  /** Since when it is believed, and what was believed before, against the changelog. */
  readonly history: number;
  /** How failures travel, against what is believed. */
  readonly impacts: number;
}

/** Deriving belief, past and impacts anew from evidence and changelog. */
export interface Rebuild {
  /** Compares all of it, and mends what differs where `mend` is set; says how much differed. */
  run(mend: boolean, onBatch: (pairs: number) => void): Promise<Differences>;
}

const pageRow = z.object({
  lastId: z.string().nullable(),
  pairs: z.array(z.object({ clientId: z.string(), serverIds: z.array(z.string()) })),
});
const entry = beliefRow.extend({
  type: z.enum(changeTypes),
  sequence: z.number(),
  at: z.number(),
});
const changesRow = z.object({ id: z.string(), changes: z.array(entry) });
const pastRow = z.object({
  clientId: z.string(),
  serverId: z.string(),
  past: z.array(beliefRow.extend({ id: z.string(), from: z.number(), to: z.number() })),
  impacts: z.array(
    z.object({
      id: z.string(),
      mode: z.string(),
      severity: z.string(),
      fromId: z.string(),
      toId: z.string(),
    }),
  ),
});
type PastRow = z.output<typeof pastRow>;

/** What one pair has, and what it should have. */
interface Compared {
  readonly row: PairRow;
  readonly id: string;
  readonly belief: Belief | null;
  readonly from: number | null;
  readonly past: readonly BeliefPeriod[];
  readonly impacts: readonly ImpactRow[];
  readonly stored: PastRow;
}

export function createRebuild(database: Database, batchRows: number): Rebuild {
  return {
    async run(mend, onBatch) {
      const found = { beliefs: 0, history: 0, impacts: 0 };
      let done = 0;
      for (let after = ''; ; ) {
        const [page] = await database.read((transaction) =>
          transaction.rows(
            'maintenance/rebuild-pairs',
            { after, limit: Math.max(1, Math.ceil(batchRows / 20)) },
            pageRow,
          ),
        );
        if (page === undefined || page.lastId === null) return found;
        after = page.lastId;
        const pairs = page.pairs.flatMap(({ clientId, serverIds }) =>
          serverIds.map((serverId) => ({ clientId, serverId })),
        );
        for (let begin = 0; begin < pairs.length; begin += batchRows) {
          const batch = pairs.slice(begin, begin + batchRows);
          // In the lane, so that nothing changes between the look and the mending.
          const differing = await database.write((transaction) =>
            rebuildPairs(transaction, batch, mend),
          );
          found.beliefs += differing.beliefs;
          found.history += differing.history;
          found.impacts += differing.impacts;
          done += batch.length;
          onBatch(done);
        }
      }
    },
  };
}

async function rebuildPairs(
  transaction: Transaction,
  pairs: readonly Pair[],
  mend: boolean,
): Promise<Differences> {
  const rows = await readPairs(transaction, pairs);
  const ids = rows.map(({ clientId, serverId }) => dependencyId(clientId, serverId));
  const logged = await transaction.rows('maintenance/changes-of', { ids }, changesRow);
  const stored = await transaction.rows('maintenance/past-of', { rows: [...pairs] }, pastRow);
  const changes = new Map(logged.map((one) => [one.id, one.changes]));
  const kept = new Map(stored.map((one) => [dependencyId(one.clientId, one.serverId), one]));
  const all = rows.flatMap((row) => {
    const id = dependencyId(row.clientId, row.serverId);
    const own = kept.get(id);
    return own === undefined ? [] : [compared(row, id, changes.get(id) ?? [], own)];
  });

  const beliefs = all.filter((one) => !hasBelief(one));
  const history = all.filter((one) => !hasHistory(one));
  const impacts = all.filter((one) => !hasImpacts(one));
  if (mend) {
    const wrong = [...new Set([...beliefs, ...history.filter((one) => !hasFrom(one))])];
    await mendBeliefs(transaction, wrong);
    await mendHistory(transaction, history);
    await mendImpacts(transaction, impacts);
  }
  return { beliefs: beliefs.length, history: history.length, impacts: impacts.length };
}

function compared(
  row: PairRow,
  id: string,
  changes: readonly z.output<typeof entry>[],
  stored: PastRow,
): Compared {
  const folded = foldEvidence(row);
  const belief = folded?.state === 'removed' ? null : folded;
  const periods = replayChanges(changes);
  const now = periods.find(({ to }) => to === null);
  return {
    row,
    id,
    belief,
    from: now?.from ?? row.beliefs[0]?.from ?? null,
    past: periods.filter(({ to }) => to !== null),
    impacts: impactRows(row, belief),
    stored,
  };
}

function hasBelief({ row, belief }: Compared): boolean {
  const [now, more] = row.beliefs;
  if (now === undefined || belief === null) return now === undefined && belief === null;
  return more === undefined && sameBelief(now, belief);
}

function hasFrom({ row, from, belief }: Compared): boolean {
  return belief === null || row.beliefs[0]?.from === from;
}

function hasHistory(one: Compared): boolean {
  const { past, stored } = one;
  return (
    hasFrom(one) &&
    past.length === stored.past.length &&
    past.every((period, index) => {
      const kept = stored.past[index];
      return (
        kept !== undefined &&
        kept.from === period.from &&
        kept.to === period.to &&
        sameBelief(kept, period.belief)
      );
    })
  );
}

function hasImpacts({ impacts, stored }: Compared): boolean {
  const textOf = ({ id, fromId, toId, mode, severity }: PastRow['impacts'][number]) =>
    [id, fromId, toId, mode, severity].join(' ');
  const texts = (all: readonly PastRow['impacts'][number][]) => all.map(textOf).sort().join('\n');
  return texts(impacts) === texts(stored.impacts);
}

async function mendBeliefs(transaction: Transaction, wrong: readonly Compared[]): Promise<void> {
  const ids = wrong.filter(({ row }) => row.beliefs.length > 0).map(({ id }) => id);
  if (ids.length > 0) await transaction.run('ingest/delete-beliefs', { ids });
  const rows = wrong.flatMap(({ row: { clientId, serverId }, id, belief, from }) =>
    belief === null || from === null
      ? []
      : // Its impacts are mended by themselves.
        [{ dependencyId: id, clientId, serverId, ...belief, from, onClient: [], onServer: [] }],
  );
  if (rows.length > 0) await transaction.run('ingest/create-beliefs', { rows });
}

async function mendHistory(transaction: Transaction, wrong: readonly Compared[]): Promise<void> {
  const ids = wrong.flatMap(({ stored }) => stored.past.map(({ id }) => id));
  if (ids.length > 0) await transaction.run('maintenance/delete-past', { ids });
  const rows = wrong.flatMap(({ row: { clientId, serverId }, id, past }) =>
    past.map(({ belief, from, to }) => ({
      id: pastBeliefId(id, from),
      dependencyId: id,
      clientId,
      serverId,
      ...belief,
      from,
      to,
    })),
  );
  if (rows.length > 0) await transaction.run('maintenance/create-past', { rows });
}

async function mendImpacts(transaction: Transaction, wrong: readonly Compared[]): Promise<void> {
  const ids = wrong.flatMap(({ stored }) => stored.impacts.map(({ id }) => id));
  if (ids.length > 0) await transaction.run('ingest/delete-impacts', { ids });
  const rows = wrong.flatMap(({ impacts }) => impacts);
  if (rows.length > 0) await transaction.run('ingest/create-impacts', { rows });
}
