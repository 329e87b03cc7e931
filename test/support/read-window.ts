import type { Aliases } from '../../src/domain/alias.ts';
import { dropReasons, type Normalized } from '../../src/domain/normalize.ts';
import { createNotes, type Noted, oddOf } from '../../src/domain/notes.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { kindStrength, type ObservedService } from '../../src/domain/service.ts';
import type { Window } from '../../src/domain/window.ts';
import type { Census, WindowVerdict } from '../../src/domain/window-outcome.ts';
import { judgeWindow } from '../../src/domain/window-outcome.ts';
import { addCounts } from '../../src/domain/window-totals.ts';
import {
  askerOf,
  type KindsOf,
  noKinds,
  readingAsking,
  type SourceClient,
} from '../../src/sources/asking.ts';
import { planWindow, type WindowPlan } from '../../src/sources/plan-window.ts';
import type { PartReading } from '../../src/sources/read-part.ts';
import { readShard } from '../../src/sources/read-shard.ts';
import { dialectFor, type Reading } from '../../src/sources/readings.ts';
import type { Source } from '../../src/sources/source.ts';

/** All that one window of a source shows, put together as the workflow does, without its graph. */
export interface WindowReading extends Normalized, WindowVerdict {
  readonly census: Census & { readonly cannotTell: number; readonly broken: number };
  readonly valuesRead: number;
  readonly severalWriters: number;
  readonly unattributed: number;
  readonly overflowRequests: number;
  readonly warnings: readonly string[];
  /** Of the first reading, by its old name. */
  readonly dialect: Reading | null;
  readonly readings: readonly Reading[];
  /** What each reading shows by itself, as the graph keeps it. */
  readonly byReading: readonly { readonly reading: Reading; readonly shown: Normalized }[];
  readonly plan: WindowPlan;
  readonly unanswered: number;
  readonly shards: number;
  readonly splits: number;
  readonly partsLost: number;
}

export interface ReadOptions {
  readonly maxSeries?: number;
  readonly signal?: AbortSignal;
  readonly aliases?: Aliases;
  /** What the graph knows of services. */
  readonly kindsOf?: KindsOf;
}

export async function readWindow(
  client: SourceClient,
  source: Source,
  window: Window,
  { maxSeries = 20_000, signal, aliases = new Map(), kindsOf = noKinds }: ReadOptions = {},
): Promise<WindowReading> {
  const plan = await planWindow(client, source, window, { maxSeries, aliases, signal });
  const parts: { reading: Reading; part: PartReading }[] = [];
  const warnings = [...plan.presenceWarnings];
  const sizes = { most: Number.POSITIVE_INFINITY };
  let [splits, partsLost, shardsLost, shardsRead] = [0, 0, 0, 0];
  for (const { reading, traits, shard } of plan.shards) {
    const asker = askerOf(client, window, signal);
    const dialect = dialectFor(source, reading);
    const asking = readingAsking({ source, window, aliases, kindsOf, ...asker }, dialect, traits);
    const before = { lost: partsLost, read: parts.length };
    for await (const event of readShard(asking, shard, sizes)) {
      if (event.kind === 'read') parts.push({ reading, part: event.reading });
      else if (event.kind === 'lost') partsLost += 1;
      else splits += 1;
      if (event.kind === 'split') warnings.push(...event.warnings);
    }
    if (partsLost > before.lost) shardsLost += 1;
    if (parts.length > before.read) shardsRead += 1;
  }
  const all = parts.map(({ part }) => part);
  warnings.push(...all.flatMap(({ presenceWarnings }) => presenceWarnings));
  const sum = (of: (part: PartReading) => number) =>
    all.reduce((total, part) => total + of(part), 0);
  const verdict = judgeWindow(
    {
      ...plan.census,
      planRejected: false,
      shards: plan.shards.length,
      shardsLost,
      shardsRead,
      presenceWarnings: warnings.length,
      overflowRequests: sum(({ overflowRequests }) => overflowRequests),
      usualSeries: null,
    },
    0.5,
  );
  const others = [...plan.otherWarnings, ...all.flatMap(({ otherWarnings }) => otherWarnings)];
  return {
    ...verdict,
    ...merged(all),
    census: {
      ...plan.census,
      cannotTell: sum(({ cannotTell }) => cannotTell),
      broken: sum(({ brokenSeries }) => brokenSeries),
    },
    valuesRead: sum(({ valuesRead }) => valuesRead),
    severalWriters: sum(({ severalWriters }) => severalWriters),
    unattributed: sum(({ unattributed }) => unattributed),
    overflowRequests: sum(({ overflowRequests }) => overflowRequests),
    warnings: [...new Set([...warnings, ...others])],
    dialect: plan.readings[0] ?? null,
    readings: plan.readings,
    byReading: plan.readings.map((reading) => ({
      reading,
      shown: merged(parts.filter((one) => one.reading === reading).map(({ part }) => part)),
    })),
    plan,
    unanswered: sum(({ unanswered }) => unanswered),
    shards: plan.shards.length,
    splits,
    partsLost,
  };
}

/** The parts as one; a service is of the strongest kind that any of them shows, as in the graph. */
function merged(parts: readonly PartReading[]): Normalized {
  const services = new Map<string, ObservedService>();
  for (const one of parts.flatMap((part) => part.services)) {
    const before = services.get(one.id);
    if (before === undefined || kindStrength[one.kind] > kindStrength[before.kind]) {
      services.set(one.id, one);
    }
  }
  const strongest = (one: ObservedService) => services.get(one.id) ?? one;
  const dropped = parts.reduce<Readonly<Record<string, number>>>(
    (all, part) => addCounts(all, part.dropped),
    {},
  );
  const byText =
    <T>(textOf: (one: T) => string) =>
    (a: T, b: T) =>
      textOf(a) < textOf(b) ? -1 : 1;
  return {
    observations: parts
      .flatMap(({ observations }) => observations)
      .map((one) => ({ ...one, client: strongest(one.client), server: strongest(one.server) }))
      .sort(byText(({ dependencyId, mode }) => `${dependencyId} ${mode}`)),
    services: [...services.values()].sort(byText(({ id }) => id)),
    dropped: Object.fromEntries(
      dropReasons.map((reason) => [reason, dropped[reason] ?? 0]),
    ) as Normalized['dropped'],
    selfCalls: parts.reduce((total, { selfCalls }) => total + selfCalls, 0),
    noted: noteAll(parts.flatMap(({ observations }) => observations)),
  };
}

/** Counts what is odd about observations that are whole already. */
function noteAll(observations: readonly Observation[]): Noted {
  const { noted, notePair, noteSides } = createNotes();
  for (const observation of observations) {
    notePair(observation);
    noteSides(oddOf(observation.client) | oddOf(observation.server));
  }
  return noted;
}
