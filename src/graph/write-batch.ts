import type { Observation } from '../domain/observation.ts';
import type { Transaction } from './database.ts';
import { type WindowKey, windowId } from './window-key.ts';
import { writeBeliefs } from './write-beliefs.ts';
import { type EvidenceChange, readEvidenceChanges, writeEvidence } from './write-evidence.ts';
import { writeServices } from './write-services.ts';

/** How many services and dependencies a window was the first to show. */
export interface Created {
  readonly services: number;
  readonly dependencies: number;
}

/**
 * Writes some observations of a window, folds what they change and counts what they create.
 *
 * Only what differs is written: in the steady state that is the traffic of the evidence, and the
 * services and beliefs are not even read.
 */
export async function writeBatch(
  transaction: Transaction,
  key: WindowKey,
  batch: readonly Observation[],
): Promise<void> {
  const at = key.window.endMillis;
  const changes = await readEvidenceChanges(transaction, key, batch);
  const services = await writeServices(
    transaction,
    changes
      .filter(mayChangeServices)
      .flatMap(({ observation: { client, server } }) => [client, server]),
    at,
  );
  await writeEvidence(transaction, key.source, changes);
  const pairs = changes.filter(mayChangeBelief).map(({ observation }) => ({
    dependencyId: observation.dependencyId,
    clientId: observation.client.id,
    serverId: observation.server.id,
  }));
  const dependencies = await writeBeliefs(transaction, pairs, at);
  if (services + dependencies > 0) await addToWindow(transaction, key, { services, dependencies });
}

/** Kinds come from labels, of which the connection types are the trace that is kept. */
function mayChangeServices({ before, after }: EvidenceChange): boolean {
  return (
    before === null ||
    before.firstSeenAt !== after.firstSeenAt ||
    before.connectionTypes.join('\n') !== after.connectionTypes.join('\n')
  );
}

function mayChangeBelief({ before, after }: EvidenceChange): boolean {
  return before === null || (before.staleAt === null) !== (after.staleAt === null);
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
