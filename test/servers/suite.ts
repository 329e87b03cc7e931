import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedIn } from './counters.ts';
import {
  differences,
  latenciesOf,
  type Readings,
  readAll,
  rightIn,
  seenIn,
  shardedWindow,
  windows,
} from './readings.ts';
import { shop } from './shop.ts';
import { type StandName, startStand, titleOf } from './stands.ts';

const { samples, shown } = shop();
const right = windows.map((window) => rightIn(expectedIn(shown, window)));

/** Reads the shop from each server, and has each say what happened, and Prometheus 3 what the others do. */
export function testServers(names: readonly StandName[]): void {
  const tried: StandName[] = [];
  let reference: Readings;

  beforeAll(async () => {
    reference = await readFrom('prometheus');
  });

  describe.each(names.map((name) => ({ name, title: titleOf(name) })))('$title', ({ name }) => {
    let readings: Readings;

    beforeAll(async () => {
      readings = name === 'prometheus' ? reference : await readFrom(name);
      tried.push(name);
    });

    it('says how often each pair was used, window by window', () => {
      expect(differences(right, readings.live.map(seenIn))).toEqual([]);
    });

    it('says so also when the windows are read as a past', () => {
      expect(differences(right, readings.backfill.map(seenIn))).toEqual([]);
    });

    it('answers as Prometheus 3 does', () => {
      const its = readings.live.map(seenIn);
      expect(differences(reference.live.map(seenIn), its)).toEqual([]);
    });

    it('has looked at the whole of each window', () => {
      const whole = windows.map(() => ({ outcome: 'complete', warnings: [], unanswered: 0 }));
      const outcomes = [readings.live, readings.backfill].map((all) =>
        all.map(({ outcome, warnings, unanswered }) => ({ outcome, warnings, unanswered })),
      );
      expect(outcomes).toEqual([whole, whole]);
    });

    it('shows the same in shards, and where the dialect is to be found', () => {
      const alone = [readings.live[shardedWindow]].flatMap((one) => (one ? [seenIn(one)] : []));
      expect(readings.inShards.shards).toBeGreaterThan(2);
      expect(differences(alone, [seenIn(readings.inShards)])).toEqual([]);
      expect(readings.found.dialect?.name).toBe('tempo');
      expect(differences(alone, [seenIn(readings.found)])).toEqual([]);
    });

    it('knows latencies as Prometheus 3 does, also of a past', () => {
      const latencies = latenciesOf(reference.live);
      expect(latencies.length).toBeGreaterThan(windows.length);
      expect(latenciesOf(readings.live)).toEqual(latencies);
      expect(latenciesOf(readings.backfill)).toEqual(latencies);
    });
  });

  afterAll(() => {
    // A server that was to be tried and was not would otherwise be taken for one that passed.
    expect(tried).toEqual(names);
  });
}

async function readFrom(name: StandName): Promise<Readings> {
  const stand = await startStand(name, samples);
  try {
    return await readAll(stand.url);
  } finally {
    await stand.stop();
  }
}
