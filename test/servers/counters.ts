import type { Window } from '../../src/domain/window.ts';
import type { RecordedSample } from '../support/prometheus.ts';
import { epoch, failures, requests } from '../support/recording.ts';

export const scrapeSeconds = 30;
/** How far back a source looks for what a counter stood at. */
export const reachSeconds = 300;

type Labels = Readonly<Record<string, string>>;

/** The life of one pair's counters at one producer; scrapes are counted from the epoch. */
export interface Counter {
  readonly client: string;
  readonly server: string;
  readonly connectionType?: 'messaging_system' | 'database';
  readonly producer: Labels;
  /** How long after each half minute the producer is scraped. */
  readonly offsetSeconds?: number;
  /** What it stands at when it is first scraped, if that is not its first traffic. */
  readonly before?: number;
  /** The first scrape that has it. */
  readonly from?: number;
  /** Requests since the scrape before. */
  readonly traffic: (scrape: number) => number;
  /** Of the requests at this scrape, those that failed; without it there is no counter of failures. */
  readonly failed?: (scrape: number) => number;
  /** Scrapes before which it began again from nothing. */
  readonly restarts?: readonly number[];
  /** Scrapes that do not have it: from the first, before the second. */
  readonly away?: readonly [number, number];
  /** From this scrape on its producer writes other labels. */
  readonly relabelled?: { readonly at: number; readonly producer: Labels };
}

/** What happened to a pair, as the scrape showed it that was the first to have it. */
export interface Shown {
  readonly client: string;
  readonly server: string;
  readonly mode: 'sync' | 'async';
  readonly atSeconds: number;
  /** When its counter was last scraped before. */
  readonly previousSeconds: number;
  readonly requests: number;
  readonly failed: number;
}

/** Plays a counter for so many scrapes. */
export function play(
  counter: Counter,
  scrapes: number,
): { samples: RecordedSample[]; shown: Shown[] } {
  const { client, server, connectionType = '', offsetSeconds = 7, from = 0, away } = counter;
  const samples: RecordedSample[] = [];
  const shown: Shown[] = [];
  const mode = connectionType === 'messaging_system' ? ('async' as const) : ('sync' as const);
  let value = counter.before ?? 0;
  let failedValue = 0;
  let hidden = { requests: 0, failed: 0 };
  let previousSeconds = Number.NaN;
  for (let scrape = from; scrape < scrapes; scrape += 1) {
    if (counter.restarts?.includes(scrape)) {
      [value, failedValue] = [0, 0];
      hidden = { requests: 0, failed: 0 };
    }
    const came = counter.traffic(scrape);
    const failed = counter.failed?.(scrape) ?? 0;
    value += came;
    failedValue += failed;
    hidden = { requests: hidden.requests + came, failed: hidden.failed + failed };
    if (away && scrape >= away[0] && scrape < away[1]) continue;
    const at = epoch + scrape * scrapeSeconds + offsetSeconds;
    const { relabelled } = counter;
    const producer = relabelled && scrape >= relabelled.at ? relabelled.producer : counter.producer;
    const labels = { client, server, connection_type: connectionType, ...producer };
    samples.push({ metric: requests, labels, at, value });
    if (counter.failed) samples.push({ metric: failures, labels, at, value: failedValue });
    // What a counter stood at when the recording begins was counted by nobody who looked.
    const counts = scrape > 0 && hidden.requests > 0;
    if (counts) shown.push({ client, server, mode, atSeconds: at, previousSeconds, ...hidden });
    hidden = { requests: 0, failed: 0 };
    previousSeconds = at;
  }
  return { samples, shown };
}

/** What a window is to say of a pair that was used in it. */
export interface Expected {
  readonly pair: string;
  /** `null` where all that is known is that there were some. */
  readonly requests: number | null;
  readonly failed: number | null;
}

export const pairText = (client: string, server: string, mode: string): string =>
  `${client} → ${server} (${mode})`;

/** The pairs that were used in a window. What was gained while nobody looked belongs to none. */
export function expectedIn(all: readonly Shown[], window: Window): Expected[] {
  const [start, end] = [window.startMillis / 1000, window.endMillis / 1000];
  const pairs = new Map<string, Expected>();
  for (const one of all) {
    if (one.atSeconds <= start || one.atSeconds > end) continue;
    const pair = pairText(one.client, one.server, one.mode);
    const before = pairs.get(pair) ?? { pair, requests: null, failed: null };
    const isCounted = !(one.previousSeconds < start - reachSeconds);
    pairs.set(pair, {
      pair,
      requests: isCounted ? (before.requests ?? 0) + one.requests : before.requests,
      failed: isCounted ? (before.failed ?? 0) + one.failed : before.failed,
    });
  }
  return [...pairs.values()].sort((a, b) => (a.pair < b.pair ? -1 : 1));
}
