import { z } from 'zod';
import {
  isVirtual,
  type ObservedService,
  type ServiceKind,
  serviceKinds,
  stronger,
} from '../domain/service.ts';
import type { ServiceChanged } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { rederiveImpacts } from './write-impacts.ts';

export const serviceNodeRow = z.object({
  id: z.string(),
  environment: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  kind: z.enum(serviceKinds),
  virtual: z.boolean(),
  team: z.string().nullable(),
  criticality: z.string().nullable(),
  firstSeenAt: z.number(),
  from: z.number(),
  removedAt: z.number().nullable(),
  hasPast: z.boolean(),
});
type ServiceNodeRow = z.output<typeof serviceNodeRow>;

/**
 * Writes services that a window, ending at `seenAt` (epoch milliseconds), shows; says what happened.
 *
 * The strongest kind ever seen stands, and the earliest sighting, so the order of windows does not
 * matter. What a service was before its kind changed is kept, and its impacts are derived anew.
 */
export async function writeServices(
  transaction: Transaction,
  services: readonly ObservedService[],
  seenAt: number,
): Promise<ServiceChanged[]> {
  const unique = new Map<string, ObservedService>();
  for (const service of services) {
    const kind = stronger(unique.get(service.id)?.kind ?? service.kind, service.kind);
    unique.set(service.id, { ...service, kind });
  }
  if (unique.size === 0) return [];
  const known = await readSeen(transaction, [...unique.keys()]);

  const created = [...unique.values()].filter(({ id }) => !known.has(id));
  if (created.length > 0) {
    await transaction.run('ingest/create-services', {
      rows: created.map((service) => ({
        ...service,
        virtual: isVirtual(service.kind),
        firstSeenAt: seenAt,
      })),
    });
  }
  const discovered = created.map((service) =>
    changeOf({ ...service, team: null, criticality: null }, 'service.discovered', seenAt),
  );
  const toUpdate = [...known.values()].filter((before) => {
    const kind = unique.get(before.id)?.kind ?? before.kind;
    return isNews(before, kind, seenAt);
  });
  if (toUpdate.length === 0) return discovered;
  const rows = await readServices(
    transaction,
    toUpdate.map(({ id }) => id),
  );
  const seen = [...rows.values()].map((before) => ({
    before,
    kind: unique.get(before.id)?.kind ?? before.kind,
    firstSeenAt: seenAt,
  }));
  return [...discovered, ...(await updateServices(transaction, seen, seenAt))];
}

const seenRow = serviceNodeRow.pick({ id: true, kind: true, firstSeenAt: true, removedAt: true });
type SeenRow = z.output<typeof seenRow>;

/** Few values of each service: a window names many, and nearly all of them are as they were. */
async function readSeen(transaction: Transaction, ids: readonly string[]) {
  const rows = await transaction.rows('ingest/read-seen-services', { ids }, seenRow);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Whether a sighting changes what is known of a service. */
function isNews(before: SeenRow, kind: ServiceKind, firstSeenAt: number): boolean {
  return (
    stronger(before.kind, kind) !== before.kind ||
    firstSeenAt < before.firstSeenAt ||
    before.removedAt !== null
  );
}

/** Gives a service what one that is the same was known as: the stronger kind, the earlier sighting. */
export async function inheritService(
  transaction: Transaction,
  from: string,
  to: string,
  at: number,
): Promise<ServiceChanged[]> {
  const known = await readServices(transaction, [from, to]);
  const [old, heir] = [known.get(from), known.get(to)];
  if (old === undefined || heir === undefined) return [];
  const { kind, firstSeenAt } = old;
  return updateServices(transaction, [{ before: heir, kind, firstSeenAt }], at);
}

/**
 * Puts a service away of which nothing is known any more: it is not of the present, and its past stays.
 */
export async function putServiceAway(
  transaction: Transaction,
  id: string,
  at: number,
): Promise<ServiceChanged[]> {
  const before = (await readServices(transaction, [id])).get(id);
  if (before === undefined || before.removedAt !== null) return [];
  const [row] = await transaction.rows('maintenance/put-service-away', { id, at }, putRow);
  if ((row?.put ?? 0) === 0) return [];
  return [changeOf(before, 'service.removed', Math.max(before.from, at))];
}

const putRow = z.object({ put: z.number() });

async function readServices(transaction: Transaction, ids: readonly string[]) {
  const rows = await transaction.rows('ingest/read-services', { ids }, serviceNodeRow);
  return new Map(rows.map((row) => [row.id, row]));
}

interface Seen {
  readonly before: ServiceNodeRow;
  readonly kind: ServiceKind;
  readonly firstSeenAt: number;
}

async function updateServices(
  transaction: Transaction,
  seen: readonly Seen[],
  at: number,
): Promise<ServiceChanged[]> {
  const updates = seen.flatMap(({ before, kind: seenKind, firstSeenAt: seenAt }) => {
    if (!isNews(before, seenKind, seenAt)) return [];
    const kind = stronger(before.kind, seenKind);
    const firstSeenAt = Math.min(before.firstSeenAt, seenAt);
    const isBack = before.removedAt !== null;
    // As far as is known it has always been what it is.
    const since = before.hasPast ? before.from : firstSeenAt;
    const from = kind === before.kind ? since : Math.max(before.from, at);
    return [{ before, kind, firstSeenAt, from, isBack }];
  });
  if (updates.length === 0) return [];
  const turned = updates.filter(({ before, kind }) => kind !== before.kind);
  const closed = turned.flatMap(({ before, from }) =>
    before.from >= from
      ? []
      : [{ id: before.id, pastId: pastServiceId(before.id, before.from), to: from }],
  );
  if (closed.length > 0) await transaction.run('ingest/close-services', { rows: closed });
  await transaction.run('ingest/set-services', {
    rows: updates.map(({ before: { id }, kind, firstSeenAt, from }) => ({
      id,
      kind,
      virtual: isVirtual(kind),
      firstSeenAt,
      from,
    })),
  });
  if (turned.length > 0) {
    await rederiveImpacts(
      transaction,
      turned.map(({ before: { id } }) => id),
    );
  }
  return updates.flatMap(({ before, kind, from, isBack }) => {
    if (isBack) {
      return [changeOf({ ...before, kind }, 'service.discovered', Math.max(from, at))];
    }
    return kind === before.kind ? [] : [changeOf({ ...before, kind }, 'service.changed', from)];
  });
}

/** What a change says of a service: who it is, and what it is after the change. */
export function changeOf(
  service: ObservedService & Pick<ServiceChanged, 'team' | 'criticality'>,
  type: ServiceChanged['type'],
  at: number,
): ServiceChanged {
  const { id, environment, cluster, namespace, name, kind, team, criticality } = service;
  return {
    type,
    subject: id,
    at,
    environment,
    cluster,
    namespace,
    name,
    kind,
    virtual: isVirtual(kind),
    team,
    criticality,
  };
}

/** The id of what a service was: its id, and since when it was that. */
export function pastServiceId(id: string, fromMillis: number): string {
  return `${id}@${new Date(fromMillis).toISOString()}`;
}
