import { z } from 'zod';
import { dependencyStates, evidenceId, type Mode, modes } from '../domain/dependency.ts';
import { type Belief, foldEvidence, sameBelief } from '../domain/fold.ts';
import { addToLooked, lastLookedAt } from '../domain/looked.ts';
import { hasTraffic, isSeen, type Observation } from '../domain/observation.ts';
import { isVirtual, kindStrength, type ObservedService } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import type { WindowOutcome } from '../domain/window-outcome.ts';
import { inBatches } from './batches.ts';
import type { Database, Transaction } from './database.ts';

/** Which window of which source is written, and by which run. */
export interface WindowKey {
  readonly source: string;
  readonly run: string;
  readonly window: Window;
}

/** What is recorded of a window besides what it showed; counts are flat, as Neo4j stores them. */
export interface WindowAccounting {
  readonly outcome: WindowOutcome;
  /** Why the window failed, in one sentence; `null` when it was answered. */
  readonly error: string | null;
  readonly series: number;
  readonly cannotTell: number;
  readonly valuesRead: number;
  readonly valuesDropped: number;
  readonly observations: number;
  readonly selfCalls: number;
  readonly warnings: readonly string[];
  readonly readSeconds: number;
  readonly writeSeconds: number;
}

export interface Created {
  readonly services: number;
  readonly dependencies: number;
}

/** Writes windows through the lane, and how far a source has been read. */
export interface WindowRecords {
  /** Writes observations in batches; safe to repeat. `onBatch` is told how many rows are written. */
  write(
    key: WindowKey,
    observations: readonly Observation[],
    onBatch: (written: number) => void,
  ): Promise<void>;
  /**
   * Records the outcome, and in the same transaction what follows from it: `looked`, the run's
   * counts and, unless the window is late, the source's frontier.
   */
  close(
    key: WindowKey,
    accounting: WindowAccounting,
    options: { readonly late: boolean },
  ): Promise<Created>;
  /** The frontier of a source in epoch milliseconds; `null` when it was never read. */
  frontier(source: string): Promise<number | null>;
  /** Records a configured source, so that answers name it before its first window. */
  register(source: { id: string; dialect: string; intervalMillis: number }): Promise<void>;
}

export function createWindowRecords(database: Database, batchRows: number): WindowRecords {
  return {
    async write(key, observations, onBatch) {
      let written = 0;
      await inBatches(observations, batchRows, async (batch) => {
        await database.write((transaction) => writeBatch(transaction, key, batch));
        written += batch.length;
        onBatch(written);
      });
    },

    close: (key, accounting, { late }) =>
      database.write(async (transaction) => {
        await addToWindow(transaction, key, { services: 0, dependencies: 0 });
        const closed = await transaction.rows(
          'ingest/close-window',
          { windowId: windowId(key), ...accounting },
          closedRow,
        );
        const { repeated, servicesCreated, dependenciesCreated } = closedRow.parse(closed[0]);
        if (!repeated) {
          const { outcome, valuesRead, valuesDropped, observations } = accounting;
          await transaction.run('ingest/count-window', {
            run: key.run,
            outcome,
            valuesRead,
            valuesDropped,
            observations,
            servicesCreated,
            dependenciesCreated,
          });
        }
        await moveSource(transaction, key, accounting.outcome, late);
        return { services: servicesCreated, dependencies: dependenciesCreated };
      }),

    frontier: (source) =>
      database.read(async (transaction) => (await readSource(transaction, source)).frontierMillis),

    register: ({ id, dialect, intervalMillis }) =>
      database.write((transaction) =>
        transaction.run('ingest/register-source', {
          source: id,
          dialect,
          intervalSeconds: intervalMillis / 1000,
        }),
      ),
  };
}

const closedRow = z.object({
  repeated: z.boolean(),
  servicesCreated: z.number(),
  dependenciesCreated: z.number(),
});
const createdRow = z.object({ created: z.number() });
const sourceRow = z.object({
  looked: z.array(z.number()).nullable(),
  frontierMillis: z.number().nullable(),
});
const pairRow = z.object({
  clientId: z.string(),
  serverId: z.string(),
  dependencyId: z.string(),
});
const beliefRow = pairRow.extend({
  evidence: z.array(z.object({ mode: z.enum(modes), stale: z.boolean() })),
  state: z.enum(dependencyStates).nullable(),
  modes: z.array(z.enum(modes)).nullable(),
});
type Pair = z.output<typeof pairRow>;

function windowId({ source, window }: WindowKey): string {
  const iso = (millis: number) => new Date(millis).toISOString();
  return `${source}|${iso(window.startMillis)}|${iso(window.endMillis)}`;
}

async function writeBatch(
  transaction: Transaction,
  key: WindowKey,
  batch: readonly Observation[],
): Promise<void> {
  const seen = batch.filter(isSeen);
  const idle = batch.filter((observation) => !isSeen(observation));
  const windowEnd = key.window.endMillis;
  const created = { services: 0, dependencies: 0 };
  if (seen.length > 0) {
    const services = await transaction.rows(
      'ingest/write-services',
      { services: servicesOf(seen).map(serviceParams), seenAt: windowEnd },
      createdRow,
    );
    const changed = await transaction.rows(
      'ingest/write-observed',
      { source: key.source, windowEnd, rows: seen.map((one) => evidenceParams(key, one)) },
      pairRow,
    );
    created.services = services[0]?.created ?? 0;
    created.dependencies = await foldPairs(transaction, changed, windowEnd);
  }
  if (idle.length > 0) {
    const rows = idle.map((one) => ({ id: evidenceId(key.source, one.mode, one.dependencyId) }));
    await transaction.run('ingest/write-idle', { windowEnd, rows });
  }
  await addToWindow(transaction, key, created);
}

/** Folds the evidence of some pairs and writes the beliefs that changed; says how many are new. */
async function foldPairs(
  transaction: Transaction,
  pairs: readonly Pair[],
  at: number,
): Promise<number> {
  if (pairs.length === 0) return 0;
  const unique = [...new Map(pairs.map((pair) => [pair.dependencyId, pair])).values()];
  const known = await transaction.rows('ingest/read-beliefs', { pairs: unique }, beliefRow);
  const changed = known.flatMap(({ evidence, state, modes: before, ...pair }) => {
    const belief = foldEvidence(evidence);
    const old: Belief | null = state && before ? { state, modes: before } : null;
    if (belief === null || (old !== null && sameBelief(belief, old))) return [];
    return [{ ...pair, state: belief.state, modes: belief.modes }];
  });
  if (changed.length === 0) return 0;
  const params = { rows: changed, at };
  const rows = await transaction.rows('ingest/write-beliefs', params, createdRow);
  return rows[0]?.created ?? 0;
}

async function addToWindow(
  transaction: Transaction,
  key: WindowKey,
  created: Created,
): Promise<void> {
  await transaction.run('ingest/add-to-window', {
    windowId: windowId(key),
    source: key.source,
    run: key.run,
    start: key.window.startMillis,
    end: key.window.endMillis,
    servicesCreated: created.services,
    dependenciesCreated: created.dependencies,
  });
}

async function moveSource(
  transaction: Transaction,
  { source, window }: WindowKey,
  outcome: WindowOutcome,
  late: boolean,
): Promise<void> {
  const { looked: before } = await readSource(transaction, source);
  const looked =
    outcome === 'complete'
      ? addToLooked(before ?? [], window.startMillis, window.endMillis)
      : (before ?? []);
  await transaction.run('ingest/move-source', {
    source,
    frontier: late ? null : window.endMillis,
    looked,
    lastCompleteWindowEnd: lastLookedAt(looked),
  });
}

async function readSource(transaction: Transaction, source: string) {
  const rows = await transaction.rows('ingest/read-source', { source }, sourceRow);
  return rows[0] ?? { looked: null, frontierMillis: null };
}

function servicesOf(observations: readonly Observation[]): ObservedService[] {
  const services = new Map<string, ObservedService>();
  for (const { client, server } of observations) {
    services.set(client.id, client);
    services.set(server.id, server);
  }
  return [...services.values()];
}

function serviceParams(service: ObservedService) {
  return { ...service, strength: kindStrength[service.kind], virtual: isVirtual(service.kind) };
}

function evidenceParams({ source, window }: WindowKey, observation: Observation) {
  const { dependencyId, mode, client, server, requests, failedRequests } = observation;
  const windowSeconds = (window.endMillis - window.startMillis) / 1000;
  return {
    id: evidenceId(source, mode satisfies Mode, dependencyId),
    clientId: client.id,
    serverId: server.id,
    dependencyId,
    mode,
    connectionTypes: observation.connectionTypes,
    traffic: hasTraffic(observation),
    requestsPerSecond: requests === null ? null : requests / windowSeconds,
    errorRatio: requests === null || requests === 0 ? null : Math.min(1, failedRequests / requests),
  };
}
