import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { evidenceId, type Mode } from '../../src/domain/dependency.ts';
import { mergeEvidence, type StoredEvidence } from '../../src/domain/evidence.ts';
import { foldEvidence } from '../../src/domain/fold.ts';
import { isSeen } from '../../src/domain/observation.ts';
import { type ServiceKind, stronger } from '../../src/domain/service.ts';
import {
  anyHistory,
  disturbed,
  inAnyOrder,
  undisturbed,
  type Write,
} from '../support/disturbed.ts';
import { tempo } from '../support/readings.ts';

interface Known {
  readonly kind: ServiceKind;
  readonly firstSeenAt: number;
}

interface Stored {
  readonly dependencyId: string;
  readonly mode: Mode;
  readonly stored: StoredEvidence;
}

/** The graph that writes leave behind, by the rules of the domain alone. */
function graphOf(writes: readonly Write[]) {
  const evidence = new Map<string, Stored>();
  const services = new Map<string, Known>();
  for (const { window, observations } of writes) {
    for (const observation of observations) {
      const { dependencyId, mode, client, server } = observation;
      const id = evidenceId('shop', tempo, mode, dependencyId);
      const after = mergeEvidence(evidence.get(id)?.stored ?? null, observation, window);
      if (after === null) continue;
      evidence.set(id, { dependencyId, mode, stored: after });
      if (!isSeen(observation)) continue;
      for (const { id: service, kind } of [client, server]) {
        services.set(service, seen(services.get(service), kind, window.endMillis));
      }
    }
  }
  const dependencies = new Map<string, ReturnType<typeof foldEvidence>>();
  for (const { dependencyId } of evidence.values()) {
    const all = [...evidence.values()].filter((one) => one.dependencyId === dependencyId);
    const observed = all.map(({ mode, stored: { staleAt, removedAt } }) => ({
      mode,
      staleAt,
      removedAt,
    }));
    dependencies.set(dependencyId, foldEvidence({ observed, declared: [] }));
  }
  return { evidence, services, dependencies };
}

function seen(before: Known | undefined, kind: ServiceKind, at: number): Known {
  if (before === undefined) return { kind, firstSeenAt: at };
  return {
    kind: stronger(before.kind, kind),
    firstSeenAt: Math.min(before.firstSeenAt, at),
  };
}

/** What does not depend on which window came last. */
function lastingOf({ evidence, services, dependencies }: ReturnType<typeof graphOf>) {
  const sightings = [...evidence].map(([id, { stored }]) => {
    const { firstSeenAt, lastSeenAt, lastTrafficAt, connectionTypes } = stored;
    return [id, { firstSeenAt, lastSeenAt, lastTrafficAt, connectionTypes }] as const;
  });
  return { sightings: new Map(sightings), services, dependencies };
}

/** A thousand histories take some seconds, and more beside others. */
const withinMillis = 60_000;

describe('windows of one grid', () => {
  it.prop([anyHistory.chain((said) => fc.tuple(fc.constant(said), disturbed(said)))], {
    numRuns: 1000,
  })(
    'leave the same graph whatever is repeated, cut off, sharded, batched or written twice',
    ([history, writes]) => {
      expect(graphOf(writes)).toEqual(graphOf(undisturbed(history)));
    },
    withinMillis,
  );

  it.prop([anyHistory.chain((said) => fc.tuple(fc.constant(said), inAnyOrder(said)))], {
    numRuns: 1000,
  })(
    'leave the same services, dependencies, modes and times of sight in whatever order they are read',
    ([history, writes]) => {
      expect(lastingOf(graphOf(writes))).toEqual(lastingOf(graphOf(undisturbed(history))));
    },
    withinMillis,
  );
});
