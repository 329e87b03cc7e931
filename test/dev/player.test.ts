import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  BUCKETS,
  createPlayer,
  lifeAt,
  type Sample,
  ZERO_SECONDS,
} from '../../dev/demo/player.mjs';
import { CYCLE_MINUTES, dependencies } from '../../dev/demo/shop.mjs';

const player = createPlayer();
const pair = ({ dependency: { client, server } }: Sample) => `${client} → ${server}`;
const totals = (minutes: number) =>
  new Map(player.at(minutes * 60).map((sample) => [pair(sample), sample.total]));

describe('the demo shop', () => {
  it('has one entry per pair', () => {
    const pairs = dependencies.map(({ client, server }) => `${client} → ${server}`);
    expect(new Set(pairs).size).toBe(pairs.length);
  });

  it('plays the same for a seed, and differently for another', () => {
    expect(createPlayer({ seed: 1 }).at(1234)).toEqual(player.at(1234));
    expect(createPlayer({ seed: 2 }).at(1234)).not.toEqual(player.at(1234));
  });

  it('follows its script', () => {
    const present = (name: string, minutes: number) => totals(minutes).has(name);
    const appears = 'storefront → recommendations';
    expect([2.9, 3.1].map((at) => present(appears, at))).toEqual([false, true]);

    for (const vanishes of ['checkout → legacy-tax', 'checkout → loyalty']) {
      expect(totals(5.2).get(vanishes)).toBe(totals(5.9).get(vanishes));
      expect([4.9, 5.9, 6.1].map((at) => present(vanishes, at))).toEqual([true, true, false]);
    }
    expect([14.9, 15.2].map((at) => present('checkout → loyalty', at))).toEqual([false, true]);
    expect(present('checkout → legacy-tax', 29)).toBe(false);
    // The next cycle: one is back again, the other never went.
    expect(present('checkout → legacy-tax', CYCLE_MINUTES + 1)).toBe(true);
    expect(totals(CYCLE_MINUTES + 1).get('checkout → loyalty')).toBeGreaterThan(
      totals(CYCLE_MINUTES - 1).get('checkout → loyalty') ?? Number.NaN,
    );
  });

  it('shows a new series as 0 first, long enough to be scraped', () => {
    const appears = 'storefront → recommendations';
    const shown = Array.from({ length: 20 }, (_, second) => totals(3 + second / 60).get(appears));
    const values = shown.filter((value) => value !== undefined);
    const zeros = values.filter((value) => value === 0);
    expect(values.slice(0, zeros.length)).toEqual(zeros);
    expect(zeros.length).toBeGreaterThanOrEqual(ZERO_SECONDS - 1);
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  const moment = fc.double({ min: 0, max: 7200, noNaN: true });
  test.prop([moment, fc.double({ min: 0, max: 60, noNaN: true })])(
    'only ever counts up while a series lives',
    (from, later) => {
      const after = new Map(player.at(from + later).map((sample) => [pair(sample), sample]));
      for (const before of player.at(from)) {
        const now = after.get(pair(before));
        const sameLife =
          lifeAt(before.dependency, from)?.from === lifeAt(before.dependency, from + later)?.from;
        if (!now || !sameLife) continue;
        expect(now.total).toBeGreaterThanOrEqual(before.total);
        expect(now.failed ?? 0).toBeGreaterThanOrEqual(before.failed ?? 0);
        for (const end of ['server', 'client'] as const) {
          expect(now[end].sum).toBeGreaterThanOrEqual(before[end].sum);
          for (const [index, count] of now[end].buckets.entries()) {
            expect(count).toBeGreaterThanOrEqual(before[end].buckets[index] ?? 0);
          }
        }
      }
    },
  );

  test.prop([moment])('has histograms that add up, and no more failures than requests', (at) => {
    for (const { total, failed = 0, server, client, messaging } of player.at(at)) {
      expect(failed).toBeLessThanOrEqual(total);
      for (const histogram of [server, client, messaging]) {
        if (!histogram) continue;
        expect(histogram.buckets).toHaveLength(BUCKETS.length);
        expect(histogram.buckets).toEqual([...histogram.buckets].sort((a, b) => a - b));
        expect(histogram.count).toBe(total);
        expect(histogram.buckets.at(-1)).toBeLessThanOrEqual(total);
      }
    }
  });
});
