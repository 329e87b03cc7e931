import type { RecordedSample } from '../support/prometheus.ts';
import { epoch } from '../support/recording.ts';
import { type Counter, play, type Shown, scrapeSeconds } from './counters.ts';

/** Two hours. */
const scrapes = 240;
const minute = 60 / scrapeSeconds;

const first = { job: 'generator', instance: 'generator-1' };
const second = { job: 'generator', instance: 'generator-2' };
const third = { job: 'generator', instance: 'generator-3' };
/** After an hour and ten minutes all that the second producer writes has a label more. */
const relabelled = { at: 70 * minute, producer: { ...second, region: 'north' } };

const never = () => 0;
const each = (requests: number) => () => requests;
const at = (minutes: readonly number[], requests: number) => (scrape: number) =>
  minutes.includes(scrape / minute) ? requests : 0;

/** A shop whose counters do what counters do. Windows of a quarter of an hour begin at 0, 15, … minutes. */
const counters: readonly Counter[] = [
  { client: 'web', server: 'cart', producer: first, before: 900, traffic: each(3) },
  // Is there and is not used.
  { client: 'web', server: 'search', producer: first, before: 500, traffic: never },
  // Moves in two windows, and with the very first and the very last scrape of one.
  {
    client: 'cart',
    server: 'redis',
    connectionType: 'database',
    producer: first,
    before: 60,
    traffic: at([15, 29.5, 62, 63], 7),
  },
  // One request now and then.
  {
    client: 'web',
    server: 'mail',
    connectionType: 'messaging_system',
    producer: first,
    before: 2,
    traffic: at([21, 45, 104.5], 1),
  },
  // Is born at 20 and goes on.
  {
    client: 'web',
    server: 'promo',
    producer: first,
    from: 37.5 * minute,
    traffic: (scrape) => (scrape === 37.5 * minute ? 20 : scrape % 10 === 0 ? 5 : 0),
  },
  // Is born at one, and that is all.
  { client: 'web', server: 'rare', producer: first, from: 80 * minute, traffic: at([80], 1) },
  // Begins anew within a window.
  {
    client: 'web',
    server: 'login',
    producer: first,
    before: 400,
    restarts: [52 * minute],
    traffic: at([47, 52, 58], 6),
  },
  // Begins anew between the last scrape of a window and the first of the next.
  {
    client: 'cart',
    server: 'stock',
    producer: first,
    before: 300,
    restarts: [60 * minute],
    traffic: each(4),
  },
  // Begins anew shortly before a window, and is then idle.
  {
    client: 'cart',
    server: 'tax',
    producer: first,
    before: 800,
    restarts: [58 * minute],
    traffic: at([58, 66], 9),
  },
  // Begins anew twice in one window.
  {
    client: 'cart',
    server: 'offers',
    producer: first,
    before: 50,
    restarts: [93 * minute, 99 * minute],
    traffic: at([91, 93, 95, 99], 12),
  },
  // Is away for longer than reach and comes back as it was.
  {
    client: 'search',
    server: 'index',
    producer: first,
    before: 230,
    away: [64 * minute, 76 * minute],
    traffic: never,
  },
  // Is away for four minutes over the end of a window, and goes on.
  {
    client: 'search',
    server: 'rank',
    producer: first,
    before: 100,
    away: [43 * minute, 47 * minute],
    traffic: each(2),
  },
  // Is used while it is away for twenty minutes; how often, and when, nobody saw.
  {
    client: 'search',
    server: 'audit',
    producer: first,
    before: 100,
    away: [50 * minute, 70 * minute],
    traffic: each(1),
  },
  // Is used only while it is away: it is known that it was, and no more.
  {
    client: 'search',
    server: 'spelling',
    producer: first,
    before: 100,
    away: [31 * minute, 62 * minute],
    traffic: at([40], 6),
  },
  // Begins anew while it is away, and is back in one step.
  {
    client: 'checkout',
    server: 'ghost',
    producer: first,
    before: 40,
    away: [80 * minute, 83 * minute],
    restarts: [82 * minute],
    traffic: at([82], 2),
  },
  // Some fail.
  {
    client: 'checkout',
    server: 'fraud',
    producer: first,
    before: 10,
    traffic: each(4),
    failed: (scrape) => (scrape % 2 === 0 ? 1 : 0),
  },
  // Two producers count the calls of one pair; one of them gets a label on the way.
  { client: 'checkout', server: 'payments', producer: first, before: 70, traffic: each(1) },
  {
    client: 'checkout',
    server: 'payments',
    producer: second,
    before: 2000,
    traffic: each(5),
    relabelled,
  },
  { client: 'orders', server: 'ledger', producer: second, before: 77, traffic: never, relabelled },
  {
    client: 'orders',
    server: 'billing',
    producer: second,
    before: 640,
    traffic: at([69, 71, 100], 8),
    relabelled,
  },
  // Scraped on the very ends of windows.
  {
    client: 'edge',
    server: 'web',
    producer: third,
    before: 10,
    offsetSeconds: 0,
    traffic: each(5),
  },
  {
    client: 'edge',
    server: 'images',
    producer: third,
    before: 33,
    offsetSeconds: 0,
    traffic: at([60, 91], 3),
    away: [60 * minute + 1, 90 * minute],
  },
];

/** Seconds up to each bound of the histogram, and of how many of ten requests this holds. */
const buckets: readonly (readonly [string, number])[] = [
  ['0.1', 4],
  ['0.5', 8],
  ['1', 9],
  ['+Inf', 10],
];

/** How long `web` waits for `cart`, as both see it: ten requests with each scrape. */
function histogram(): RecordedSample[] {
  const base = { client: 'web', server: 'cart', connection_type: '', ...first };
  return Array.from({ length: scrapes }, (_, scrape) => scrape).flatMap((scrape) => {
    const time = epoch + scrape * scrapeSeconds + 7;
    return ['server', 'client'].flatMap((side): RecordedSample[] => {
      const metric = `traces_service_graph_request_${side}_seconds`;
      const count = 10 * (scrape + 1);
      return [
        ...buckets.map(([le, of10]) => ({
          metric: `${metric}_bucket`,
          labels: { ...base, le },
          at: time,
          value: (count * of10) / 10,
        })),
        { metric: `${metric}_sum`, labels: base, at: time, value: count * 0.3 },
        { metric: `${metric}_count`, labels: base, at: time, value: count },
      ];
    });
  });
}

/** The samples of the shop, and what they show. */
export function shop(): { samples: RecordedSample[]; shown: Shown[] } {
  const played = counters.map((counter) => play(counter, scrapes));
  return {
    samples: [...played.flatMap(({ samples }) => samples), ...histogram()],
    shown: played.flatMap(({ shown }) => shown),
  };
}
