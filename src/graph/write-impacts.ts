import { z } from 'zod';
import {
  confidences,
  conflictSubjects,
  criticalities,
  dependencyId,
  dependencyStates,
  modes,
} from '../domain/dependency.ts';
import type { Belief } from '../domain/fold.ts';
import { type Impact, impactsOf } from '../domain/impact.ts';
import { type ServiceKind, serviceKinds } from '../domain/service.ts';
import type { Transaction } from './database.ts';

/** A dependency, and what its ends are. */
export interface Ends {
  readonly clientId: string;
  readonly serverId: string;
  readonly clientKind: ServiceKind;
  readonly serverKind: ServiceKind;
}

/** One (:Service)-[:IMPACTS]->(:Service). */
export interface ImpactRow {
  readonly id: string;
  readonly fromId: string;
  readonly toId: string;
  readonly mode: Impact['mode'];
  readonly severity: Impact['severity'];
}

/** The (:Service)-[:IMPACTS]->(:Service) that a belief comes to; none without belief, none to itself. */
export function impactRows(ends: Ends, belief: Belief | null): ImpactRow[] {
  const { clientId, serverId } = ends;
  if (belief === null || clientId === serverId) return [];
  return impactsOf(belief, ends.clientKind, ends.serverKind).map(({ mode, severity, origin }) => ({
    id: `${dependencyId(clientId, serverId)}|${mode}`,
    ...(origin === 'server'
      ? { fromId: serverId, toId: clientId }
      : { fromId: clientId, toId: serverId }),
    mode,
    severity,
  }));
}

/** Writes what differs between the impacts there were and those there are to be. */
export async function writeImpacts(
  transaction: Transaction,
  before: readonly ImpactRow[],
  after: readonly ImpactRow[],
): Promise<void> {
  const had = new Set(before.map(keyOf));
  const has = new Set(after.map(keyOf));
  const ids = before.filter((row) => !has.has(keyOf(row))).map(({ id }) => id);
  const rows = after.filter((row) => !had.has(keyOf(row)));
  if (ids.length > 0) await transaction.run('ingest/delete-impacts', { ids });
  if (rows.length > 0) await transaction.run('ingest/create-impacts', { rows });
}

const keyOf = ({ id, severity }: ImpactRow) => `${id} ${severity}`;

export const beliefRow = z.object({
  state: z.enum(dependencyStates),
  modes: z.array(z.enum(modes)),
  criticality: z.enum(criticalities),
  confidence: z.enum(confidences),
  conflicts: z.array(z.enum(conflictSubjects)),
});

export const endsRow = z.object({
  clientId: z.string(),
  serverId: z.string(),
  clientKind: z.enum(serviceKinds),
  serverKind: z.enum(serviceKinds),
});

/** Derives the impacts of services anew after their kind changed. */
export async function rederiveImpacts(
  transaction: Transaction,
  serviceIds: readonly string[],
): Promise<void> {
  const rows = await transaction.rows(
    'ingest/read-beliefs-of',
    { ids: serviceIds },
    endsRow.extend(beliefRow.shape),
  );
  if (rows.length === 0) return;
  const ids = rows.flatMap(({ clientId, serverId }) =>
    modes.map((mode) => `${dependencyId(clientId, serverId)}|${mode}`),
  );
  // All of them, because what they were derived from is no longer known.
  await transaction.run('ingest/delete-impacts', { ids: [...new Set(ids)] });
  const unique = new Map(rows.flatMap((row) => impactRows(row, row)).map((row) => [row.id, row]));
  if (unique.size > 0) {
    await transaction.run('ingest/create-impacts', { rows: [...unique.values()] });
  }
}
