import type { Aliases } from '../../src/domain/alias.ts';
import { dropReasons, type Normalized } from '../../src/domain/normalize.ts';
import { createNotes, type Noted, oddOf } from '../../src/domain/notes.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { kindStrength, type ObservedService } from '../../src/domain/service.ts';
import type { Window } from '../../src/domain/window.ts';
import type { Census, WindowVerdict } from '../../src/domain/window-outcome.ts';
import { judgeWindow } from '../../src/domain/window-outcome.ts';
import { addCounts } from '../../src/domain/window-totals.ts';
import { askerOf } from '../../src/sources/asking.ts';
import { chooseDialect, settled } from '../../src/sources/choose-dialect.ts';
import { planWindow, type WindowPlan } from '../../src/sources/plan-window.ts';
import type { PrometheusClient } from '../../src/sources/prometheus-client.ts';
import type { PartReading } from '../../src/sources/read-part.ts';
import { readShard } from '../../src/sources/read-shard.ts';
import type { Source } from '../../src/sources/source.ts';

/** All that one window of a source shows, put together as the workflow does, without its graph. */
export interface WindowReading extends Normalized, WindowVerdict {
  readonly census: Census & { readonly cannotTell: number; readonly broken: number };
  readonly valuesRead: number;
  readonly warnings: readonly string[];
  readonly dialect: WindowPlan['dialect'];
  readonly unanswered: number;
  readonly shards: number;
  readonly splits: number;
  readonly partsLost: number;
}

export interface ReadOptions {
  readonly maxSeries?: number;
  readonly signal?: AbortSignal;
  readonly aliases?: Aliases;
}

export async function readWindow(
  client: Pick<PrometheusClient, 'query'>,
  source: Source,
  window: Window,
  { maxSeries = 20_000, signal, aliases = new Map() }: ReadOptions = {},
): Promise<WindowReading> {
  const plan = await planWindow(client, source, window, { maxSeries, aliases, signal });
  const parts: PartReading[] = [];
  const warnings = [...plan.presenceWarnings];
  let [splits, partsLost, shardsLost, shardsRead] = [0, 0, 0, 0];
  const choice =
    plan.dialect && chooseDialect(settled(source, plan.dialect.name, plan.dialect.variant), []);
  for (const shard of choice ? plan.shards : []) {
    if (choice === null) break;
    const ask = askerOf(client, window, signal);
    const before = { lost: partsLost, read: parts.length };
    const { everyProducerBefore } = plan;
    const asking = { source, window, dialect: choice.dialect, ask, aliases, everyProducerBefore };
    for await (const event of readShard(asking, shard)) {
      if (event.kind === 'read') parts.push(event.reading);
      else if (event.kind === 'lost') partsLost += 1;
      else splits += 1;
      if (event.kind === 'split') warnings.push(...event.warnings);
    }
    if (partsLost > before.lost) shardsLost += 1;
    if (parts.length > before.read) shardsRead += 1;
  }
  warnings.push(...parts.flatMap(({ presenceWarnings }) => presenceWarnings));
  const sum = (of: (part: PartReading) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  const verdict = judgeWindow(
    {
      ...plan.census,
      planRejected: false,
      shards: plan.shards.length,
      shardsLost,
      shardsRead,
      presenceWarnings: warnings.length,
      usualSeries: null,
    },
    0.5,
  );
  const others = [...plan.otherWarnings, ...parts.flatMap(({ otherWarnings }) => otherWarnings)];
  return {
    ...verdict,
    ...merged(parts),
    census: {
      ...plan.census,
      cannotTell: sum(({ cannotTell }) => cannotTell),
      broken: sum(({ brokenSeries }) => brokenSeries),
    },
    valuesRead: sum(({ valuesRead }) => valuesRead),
    warnings: [...new Set([...warnings, ...others])],
    dialect: plan.dialect,
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
