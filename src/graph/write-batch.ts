import type { Observation } from '../domain/observation.ts';
import type { Transaction } from './database.ts';
import { type WindowKey, windowParams } from './window-key.ts';
import { writeBeliefs } from './write-beliefs.ts';
import { type EvidenceChange, readEvidenceChanges, writeEvidence } from './write-evidence.ts';
import { writeServices } from './write-services.ts';

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
  await writeEvidence(transaction, key, changes);
  const pairs = changes.filter(mayChangeBelief).map(({ observation, after }) => ({
    dependencyId: observation.dependencyId,
    clientId: observation.client.id,
    serverId: observation.server.id,
    mode: observation.mode,
    stale: after.staleAt !== null,
  }));
  const dependencies = await writeBeliefs(transaction, pairs, at);
  if (services + dependencies === 0) return;
  await transaction.run('ingest/count-created', {
    ...windowParams(key),
    run: key.run,
    servicesCreated: services,
    dependenciesCreated: dependencies,
  });
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
