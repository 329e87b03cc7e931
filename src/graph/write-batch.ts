import type { Observation } from '../domain/observation.ts';
import type { Cutoffs } from '../domain/staleness.ts';
import { ageEvidence } from './age-evidence.ts';
import { appendChanges, type DependencyChanged } from './append-changes.ts';
import type { Transaction } from './database.ts';
import { readLaneSource } from './lane-source.ts';
import type { ReadingKey } from './window-key.ts';
import { foldPairs, type Pair } from './write-beliefs.ts';
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
  const dependencies = await foldSeen(transaction, changes, at, cutoffs);
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

/**
 * Folds what a window, ending at `at`, changes. What it is the first to show holds from its end, also
 * where a pass was made since that looked long enough and did not see it: then until that pass.
 */
async function foldSeen(
  transaction: Transaction,
  changes: readonly EvidenceChange[],
  at: number,
  cutoffs: Cutoffs,
): Promise<DependencyChanged[]> {
  const created = changes.filter(({ before }) => before === null);
  const known = changes.filter(mayChangeBelief);
  if (cutoffs.stale === null || at >= cutoffs.stale) {
    return foldPairs(transaction, [...created, ...known].map(pairOf), at);
  }
  const aged = new Set(created.map(({ observation: { dependencyId } }) => dependencyId));
  const others = known.filter(({ observation }) => !aged.has(observation.dependencyId));
  const untilPass = { onlyBefore: cutoffs.passedAt };
  return [
    ...(await foldPairs(transaction, others.map(pairOf), at)),
    ...(await foldPairs(transaction, created.map(pairOf), at, untilPass)),
    ...(await ageEvidence(
      transaction,
      created.map((change) => ({ id: change.id, ...change.after, ...pairOf(change) })),
      cutoffs,
    )),
  ];
}

const pairOf = ({ observation: { client, server } }: EvidenceChange): Pair => ({
  clientId: client.id,
  serverId: server.id,
});

/** A sighting of what was there changes belief by the marks that it takes back. */
function mayChangeBelief({ before, after }: EvidenceChange): boolean {
  return (
    before !== null && (before.staleAt !== after.staleAt || before.removedAt !== after.removedAt)
  );
}
