import { Agent } from 'undici';
import { isSeen, type Observation } from '../../src/domain/observation.ts';
import type { Window } from '../../src/domain/window.ts';
import type { SourceClient } from '../../src/sources/asking.ts';
import { createPrometheusClient } from '../../src/sources/prometheus-client.ts';
import { createRangedClient } from '../../src/sources/ranged-client.ts';
import { readWindow, type WindowReading } from '../support/read-window.ts';
import { epoch } from '../support/recording.ts';
import { testSource } from '../support/source.ts';
import { type Expected, pairText, reachSeconds, scrapeSeconds } from './counters.ts';

const windowMinutes = 15;
const intervalMillis = windowMinutes * 60_000;

/** The eight windows of the two hours. */
export const windows: readonly Window[] = Array.from({ length: 8 }, (_, index) => ({
  startMillis: epoch * 1000 + index * intervalMillis,
  endMillis: epoch * 1000 + (index + 1) * intervalMillis,
}));

/** What one server shows: each window asked alone, all of them as a past, and one cut into shards. */
export interface Readings {
  readonly live: readonly WindowReading[];
  readonly backfill: readonly WindowReading[];
  /** The busy window, in shards. */
  readonly inShards: WindowReading;
  /** The busy window, where the dialect was not told. */
  readonly found: WindowReading;
  readonly requestsLive: number;
  readonly requestsBackfill: number;
}

/** The window in which most things happen. */
export const busyWindow = 4;
const busy: Window = {
  startMillis: epoch * 1000 + busyWindow * intervalMillis,
  endMillis: epoch * 1000 + (busyWindow + 1) * intervalMillis,
};

const sourceAt = (url: string) =>
  testSource({
    url,
    intervalMillis,
    reachMillis: reachSeconds * 1000,
    scrapeIntervalMillis: scrapeSeconds * 1000,
  });

export async function readAll(url: string): Promise<Readings> {
  const dispatcher = new Agent();
  let requests = 0;
  const onTry = () => {
    requests += 1;
    return { headers: {}, answered: () => {}, ended: () => {} };
  };
  try {
    const client = createPrometheusClient({ url, dispatcher, retryDelaysMillis: [], onTry });
    const source = sourceAt(url);
    const inOrder = async (asked: SourceClient) => {
      const readings: WindowReading[] = [];
      for (const window of windows) readings.push(await readWindow(asked, source, window));
      return readings;
    };
    const live = await inOrder(client);
    const requestsLive = requests;
    const steps = {
      firstMillis: epoch * 1000 + intervalMillis,
      count: windows.length,
      stepMillis: intervalMillis,
    };
    const backfill = await inOrder(createRangedClient(client, steps));
    const requestsBackfill = requests - requestsLive;
    const inShards = await readWindow(client, source, busy, { maxSeries: 4 });
    const found = await readWindow(client, { ...source, dialect: 'auto' }, busy);
    return { live, backfill, inShards, found, requestsLive, requestsBackfill };
  } finally {
    await dispatcher.close();
  }
}

/** Reads the busy window alone, and counts the questions that were not answered. */
export async function readBusy(url: string): Promise<{ reading: WindowReading; refused: number }> {
  const dispatcher = new Agent();
  let refused = 0;
  const onTry = () => ({
    headers: {},
    answered: (status: number) => {
      if (status >= 400) refused += 1;
    },
    ended: () => {},
  });
  try {
    const client = createPrometheusClient({ url, dispatcher, retryDelaysMillis: [], onTry });
    return { reading: await readWindow(client, sourceAt(url), busy), refused };
  } finally {
    await dispatcher.close();
  }
}

const count = (requests: number | null, failed: number | null): string =>
  requests === null ? 'some' : `${requests}, ${failed ?? 'unknown'} failed`;

const timeOf = (index: number): string => {
  const minutes = index * windowMinutes;
  return `minutes ${minutes} to ${minutes + windowMinutes}`;
};

/** What a window says of the pairs that it has seen, by pair. */
export function seenIn({ observations }: WindowReading): Map<string, string> {
  return new Map(observations.filter(isSeen).map((one) => [pairOf(one), countOf(one)]));
}

const pairOf = ({ client, server, mode }: Observation) => pairText(client.name, server.name, mode);
const countOf = ({ requests, failedRequests }: Observation) => count(requests, failedRequests);

/** The same of what is right. */
export function rightIn(expected: readonly Expected[]): Map<string, string> {
  return new Map(expected.map(({ pair, requests, failed }) => [pair, count(requests, failed)]));
}

/** A line for each pair and window that is not as it should be. */
export function differences(
  right: readonly ReadonlyMap<string, string>[],
  read: readonly ReadonlyMap<string, string>[],
): string[] {
  return right.flatMap((expected, index) => {
    const found = read[index] ?? new Map<string, string>();
    const pairs = [...new Set([...expected.keys(), ...found.keys()])].sort();
    return pairs
      .filter((pair) => expected.get(pair) !== found.get(pair))
      .map((pair) => {
        const [should, is] = [expected.get(pair) ?? 'not seen', found.get(pair) ?? 'not seen'];
        return `${timeOf(index)} | ${pair} | right: ${should} | read: ${is}`;
      });
  });
}

/** Latencies of all pairs and windows by name, in seconds, rounded to the thousandth part. */
export function latenciesOf(readings: readonly WindowReading[]): string[] {
  return readings.flatMap(({ observations }, index) =>
    observations.filter(isSeen).flatMap((one) =>
      Object.entries(one.latency ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([name, value]) => `${timeOf(index)} | ${pairOf(one)} | ${name} ${value.toPrecision(3)}`,
        ),
    ),
  );
}
