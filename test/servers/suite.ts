import { describe, expect, it } from 'vitest';
import { expectedIn } from './counters.ts';
import {
  busyWindow,
  differences,
  latenciesOf,
  type Readings,
  readAll,
  readBusy,
  rightIn,
  seenIn,
  windows,
} from './readings.ts';
import { shop } from './shop.ts';
import { hasLimits, type Room, type StandName, startStand, titleOf } from './stands.ts';
import { testStoreAway } from './store-away.ts';

const { samples, shown } = shop();
const right = windows.map((window) => rightIn(expectedIn(shown, window)));

/** Reads the shop from each server, and has each say what happened, and what Prometheus 3 says. */
export function testServers(names: readonly StandName[]): void {
  const tried = new Set<StandName>();
  const underway = new Map<StandName, Promise<Readings>>();
  /** A server is started once; where it cannot be read, every test of it says why. */
  const readingsOf = (name: StandName): Promise<Readings> => {
    const readings = underway.get(name) ?? withStand(name, 'enough', readAll);
    underway.set(name, readings);
    return readings;
  };

  describe.each(names.map((name) => ({ name, title: titleOf(name) })))('$title', ({ name }) => {
    it('says how often each pair was used, window by window', async () => {
      tried.add(name);
      const { live } = await readingsOf(name);
      expect(differences(right, live.map(seenIn))).toEqual([]);
    });

    it('says so also when the windows are read as a past', async () => {
      const { backfill } = await readingsOf(name);
      expect(differences(right, backfill.map(seenIn))).toEqual([]);
    });

    it('answers as Prometheus 3 does', async () => {
      const [reference, its] = [await readingsOf('prometheus'), await readingsOf(name)];
      expect(differences(reference.live.map(seenIn), its.live.map(seenIn))).toEqual([]);
    });

    it('has looked at the whole of each window', async () => {
      const { live, backfill } = await readingsOf(name);
      const whole = windows.map(() => ({ outcome: 'complete', warnings: [], unanswered: 0 }));
      const outcomes = [live, backfill].map((all) =>
        all.map(({ outcome, warnings, unanswered }) => ({ outcome, warnings, unanswered })),
      );
      expect(outcomes).toEqual([whole, whole]);
    });

    it('shows the same in shards, and where the dialect is to be found', async () => {
      const { live, inShards, found } = await readingsOf(name);
      const alone = live.slice(busyWindow, busyWindow + 1).map(seenIn);
      expect(inShards.shards).toBeGreaterThan(2);
      expect(differences(alone, [seenIn(inShards)])).toEqual([]);
      expect(found.dialect?.name).toBe('tempo');
      expect(differences(alone, [seenIn(found)])).toEqual([]);
    });

    const small = 'shows the same where it has room for small questions only';
    const testSmall = async () => {
      const { live } = await readingsOf(name);
      const alone = live.slice(busyWindow, busyWindow + 1).map(seenIn);
      const { reading, refused } = await withStand(name, 'little', readBusy);
      expect(refused).toBeGreaterThan(0);
      expect(reading).toMatchObject({ outcome: 'complete', partsLost: 0 });
      expect(differences(alone, [seenIn(reading)])).toEqual([]);
    };
    if (hasLimits(name)) it(small, testSmall);

    it('knows latencies as Prometheus 3 does, also of a past', async () => {
      const [reference, its] = [await readingsOf('prometheus'), await readingsOf(name)];
      const latencies = latenciesOf(reference.live);
      expect(latencies.length).toBeGreaterThan(windows.length);
      expect(latenciesOf(its.live)).toEqual(latencies);
      expect(latenciesOf(its.backfill)).toEqual(latencies);
    });
  });

  if (names.includes('thanos')) testStoreAway(samples);

  // A server that was to be tried and was not would otherwise be taken for one that passed.
  it('has tried every server that is named here', () => {
    expect([...tried]).toEqual(names);
  });
}

async function withStand<T>(
  name: StandName,
  room: Room,
  read: (url: string) => Promise<T>,
): Promise<T> {
  const stand = await startStand(name, samples, room);
  try {
    return await read(stand.url);
  } finally {
    await stand.stop();
  }
}
