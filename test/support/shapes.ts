import { Agent } from 'undici';
import { hasTraffic, isSeen } from '../../src/domain/observation.ts';
import { createPrometheusClient } from '../../src/sources/prometheus-client.ts';
import type { Source } from '../../src/sources/source.ts';
import { prometheusWith, type RecordedSample } from './prometheus.ts';
import { readWindow, type WindowReading } from './read-window.ts';
import { epoch, requests } from './recording.ts';
import { testSource } from './source.ts';

type Labels = Readonly<Record<string, string>>;

/** A stretch of a counter: from one minute to another, what it stands at first, and how it grows. */
export type Stretch = readonly [from: number, to: number, first: number, perMinute: number];

export interface Scraped {
  readonly metric?: string;
  readonly every?: number;
  /** Seconds after the beginning of a stretch of its first sample. */
  readonly offset?: number;
}

/** A counter that is scraped each half minute, seven seconds after the whole one, where not said. */
export function counter(
  labels: Labels,
  stretches: readonly Stretch[],
  { metric = requests, every = 30, offset = 7 }: Scraped = {},
): RecordedSample[] {
  return stretches.flatMap(([from, to, first, perMinute]) => {
    const samples: RecordedSample[] = [];
    for (let second = from * 60 + offset; second <= to * 60; second += every) {
      const grown = (perMinute * (second - from * 60)) / 60;
      const value = first + (metric.endsWith('_sum') ? grown : Math.floor(grown + 1e-9));
      samples.push({ metric, labels, at: epoch + second, value });
    }
    return samples;
  });
}

/** A counter whose every sample is given, from a minute on; `null` is one that was not taken. */
export function values(
  labels: Labels,
  from: number,
  given: readonly (number | null)[],
  { metric = requests, every = 30, offset = 7 }: Scraped = {},
): RecordedSample[] {
  return given.flatMap((value, index) =>
    value === null
      ? []
      : [{ metric, labels, at: epoch + from * 60 + offset + index * every, value }],
  );
}

/** The same value, or values, so many times. */
export const times = <T>(count: number, ...items: readonly T[]): T[] =>
  Array.from({ length: count }, () => items).flat();

/** The samples of shapes that have more to them. */
export function samplesOf<Name extends string>(
  shapes: Readonly<Record<Name, { readonly samples: readonly RecordedSample[] }>>,
): Record<Name, readonly RecordedSample[]> {
  const names = Object.keys(shapes) as Name[];
  return Object.fromEntries(names.map((name) => [name, shapes[name].samples])) as Record<
    Name,
    readonly RecordedSample[]
  >;
}

/** What windows say of a pair: its requests, 0 where it was not used, `?` where they are not known. */
export type Row = readonly (number | '?')[];

/** Histories in one Prometheus, each with a label by which it is read apart from the others. */
export interface Shapes<Name extends string> {
  readonly url: string;
  read(
    name: Name | null,
    from: number,
    to: number,
    given?: Partial<Source>,
    options?: Parameters<typeof readWindow>[3],
  ): Promise<WindowReading>;
  /** Reads consecutive windows, the first of which begins at `from` minutes. */
  readAll(
    name: Name | null,
    span: readonly [from: number, to: number],
    minutes: number,
    given?: Partial<Source>,
  ): Promise<WindowReading[]>;
  stop(): Promise<void>;
}

export async function recordShapes<Name extends string>(
  shapes: Readonly<Record<Name, readonly RecordedSample[]>>,
  defaults: Partial<Source> = {},
  extraArgs: readonly string[] = [],
): Promise<Shapes<Name>> {
  const all = Object.entries<readonly RecordedSample[]>(shapes).flatMap(([shape, samples]) =>
    samples.map((one) => ({ ...one, labels: { ...one.labels, shape } })),
  );
  const prometheus = await prometheusWith(all, extraArgs);
  const dispatcher = new Agent();
  const { url } = prometheus;
  const client = createPrometheusClient({ url, dispatcher });
  const read: Shapes<Name>['read'] = (name, from, to, given = {}, options = {}) => {
    const source = testSource({
      url,
      dialect: 'auto',
      scrapeIntervalMillis: 30_000,
      ...(name === null ? {} : { matchers: [`shape="${name}"`] }),
      ...defaults,
      ...given,
    });
    return readWindow(client, source, windowOf(from, to), options);
  };
  return {
    url,
    read,
    async readAll(name, [from, to], minutes, given) {
      const readings: WindowReading[] = [];
      for (let start = from; start < to; start += minutes) {
        readings.push(await read(name, start, start + minutes, given));
      }
      return readings;
    },
    async stop() {
      await dispatcher.close();
      await prometheus.stop();
    },
  };
}

/** A window of these minutes after the epoch. */
export function windowOf(from: number, to: number) {
  return { startMillis: (epoch + from * 60) * 1000, endMillis: (epoch + to * 60) * 1000 };
}

/** What each pair counted in each window, by its id; only pairs that were seen in one are in it. */
export function rowsOf(readings: readonly WindowReading[], reader?: string): Record<string, Row> {
  const rows = new Map<string, (number | '?')[]>();
  for (const [index, { byReading }] of readings.entries()) {
    for (const { reading, shown } of byReading) {
      if (reader !== undefined && readerOf(reading) !== reader) continue;
      for (const one of shown.observations) {
        if (!isSeen(one)) continue;
        const row = rows.get(one.dependencyId) ?? times<number | '?'>(readings.length, 0);
        rows.set(one.dependencyId, row);
        row[index] = hasTraffic(one) && !one.requests ? '?' : (one.requests ?? '?');
      }
    }
  }
  return Object.fromEntries([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How a reading is called in these tests: its dialect, and its reporter or prefix. */
export function readerOf({ name, variant }: { name: string; variant: string | null }): string {
  return variant === null ? name : `${name}/${variant}`;
}

/** What windows could not tell, by how much. */
export function doubtsOf(readings: readonly WindowReading[]) {
  const row = (of: (one: WindowReading) => number) => readings.map(of);
  return {
    cannotTell: row(({ census }) => census.cannotTell),
    severalWriters: row((one) => one.severalWriters),
    unattributed: row((one) => one.unattributed),
  };
}

/**
 * What windows account for in all: requests by pair, and what they cannot tell.
 *
 * @param isLongGap whether what was counted in gaps belongs to some of the windows and to others not,
 *   so that only all of it together is the same
 */
export function accountOf(readings: readonly WindowReading[], isLongGap = false) {
  const requestsOf: Record<string, number> = {};
  for (const [id, row] of Object.entries(rowsOf(readings))) {
    requestsOf[id] = sumOf(row.map((one) => (one === '?' ? 0 : one)));
  }
  const { cannotTell, unattributed } = doubtsOf(readings);
  const all = sumOf(Object.values(requestsOf)) + sumOf(unattributed);
  return { all, cannotTell: sumOf(cannotTell), requests: isLongGap ? null : requestsOf };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, one) => sum + one, 0);
