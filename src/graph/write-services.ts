import { z } from 'zod';
import {
  isVirtual,
  type ObservedService,
  type ServiceKind,
  serviceKinds,
  stronger,
} from '../domain/service.ts';
import type { Transaction } from './database.ts';

const knownRow = z.object({
  id: z.string(),
  kind: z.enum(serviceKinds),
  firstSeenAt: z.number(),
});

/**
 * Writes services that a window, ending at `seenAt` (epoch milliseconds), shows; says how many are new.
 *
 * The strongest kind ever seen stands, and the earliest sighting, so the order of windows does not
 * matter.
 */
export async function writeServices(
  transaction: Transaction,
  services: readonly ObservedService[],
  seenAt: number,
): Promise<number> {
  const unique = new Map(services.map((service) => [service.id, service]));
  if (unique.size === 0) return 0;
  const ids = [...unique.keys()];
  const rows = await transaction.rows('ingest/read-services', { ids }, knownRow);
  const known = new Map(rows.map((row) => [row.id, row]));

  const created = [...unique.values()].filter(({ id }) => !known.has(id));
  if (created.length > 0) {
    await transaction.run('ingest/create-services', {
      rows: created.map((service) => ({
        ...service,
        ...kindOf(service.kind),
        firstSeenAt: seenAt,
      })),
    });
  }
  const changed = rows.flatMap((before) => {
    const kind = stronger(before.kind, unique.get(before.id)?.kind ?? before.kind);
    const firstSeenAt = Math.min(before.firstSeenAt, seenAt);
    if (kind === before.kind && firstSeenAt === before.firstSeenAt) return [];
    return [{ id: before.id, ...kindOf(kind), firstSeenAt }];
  });
  if (changed.length > 0) await transaction.run('ingest/set-services', { rows: changed });
  return created.length;
}

/** Gives a service what one that is the same was known as: the stronger kind, the earlier sighting. */
export async function inheritService(
  transaction: Transaction,
  from: string,
  to: string,
): Promise<void> {
  const rows = await transaction.rows('ingest/read-services', { ids: [from, to] }, knownRow);
  const [old, heir] = [from, to].map((id) => rows.find((row) => row.id === id));
  if (old === undefined || heir === undefined) return;
  const firstSeenAt = Math.min(old.firstSeenAt, heir.firstSeenAt);
  await transaction.run('ingest/set-services', {
    rows: [{ id: to, ...kindOf(stronger(heir.kind, old.kind)), firstSeenAt }],
  });
}

function kindOf(kind: ServiceKind) {
  return { kind, virtual: isVirtual(kind) };
}
