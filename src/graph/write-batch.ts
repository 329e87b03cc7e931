import { z } from 'zod';
import { dependencyStates, evidenceId, type Mode, modes } from '../domain/dependency.ts';
import { type Belief, foldEvidence, sameBelief } from '../domain/fold.ts';
import { hasTraffic, isSeen, type Observation } from '../domain/observation.ts';
import { isVirtual, kindStrength, type ObservedService } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import type { Transaction } from './database.ts';

/** Which window of which source is written, and by which run. */
export interface WindowKey {
  readonly source: string;
  readonly run: string;
  readonly window: Window;
}

/** How many services and dependencies a window was the first to show. */
export interface Created {
  readonly services: number;
  readonly dependencies: number;
}

const createdRow = z.object({ created: z.number() });
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

/** The id of a window's record. */
export function windowId({ source, window }: WindowKey): string {
  const iso = (millis: number) => new Date(millis).toISOString();
  return `${source}|${iso(window.startMillis)}|${iso(window.endMillis)}`;
}

/** Writes some observations of a window, folds what they change and counts what they create. */
export async function writeBatch(
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

/** Adds to what a window created, in the transaction that created it. */
export async function addToWindow(
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
    latency: observation.latency ?? null,
  };
}
