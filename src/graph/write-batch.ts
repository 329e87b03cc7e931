import type { Observation } from '../domain/observation.ts';
import { appendChanges } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { readLaneSource } from './lane-source.ts';
import type { ReadingKey } from './window-key.ts';
import { foldPairs } from './write-beliefs.ts';
import { type EvidenceChange, readEvidenceChanges, writeEvidence } from './write-evidence.ts';
import { writeServices } from './write-services.ts';

/**
 * Writes some observations of a window, folds what they change and appends that to the changelog.
 *
 * Only what differs is written: in the steady state that is the traffic of the evidence, and the
 * services and beliefs are not even read.
 */
export async function writeBatch(
  transaction: Transaction,
  key: ReadingKey,
  batch: readonly Observation[],
): Promise<void> {
  const { source, run, window } = key;
  const at = window.endMillis;
  const { cutoffs, context } = await readLaneSource(transaction, key);
  const changes = await readEvidenceChanges(transaction, key, batch, cutoffs);
  const services = await writeServices(
    transaction,
    changes
      .filter(mayChangeServices)
      .flatMap(({ observation: { client, server } }) => [client, server]),
    at,
  );
  await writeEvidence(transaction, key, changes);
  const pairs = changes.filter(mayChangeBelief).map(({ observation: { client, server } }) => ({
    clientId: client.id,
    serverId: server.id,
  }));
  const dependencies = await foldPairs(transaction, pairs, at);
  const occasion = { context, run, source, window };
  await appendChanges(transaction, [...services, ...dependencies], occasion);
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
  return (
    before === null || before.staleAt !== after.staleAt || before.removedAt !== after.removedAt
  );
}
