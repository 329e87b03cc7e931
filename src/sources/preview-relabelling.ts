import { isOverflowFact } from '../domain/normalize.ts';
import type { Endpoint, PairFact } from '../domain/observation.ts';
import type { Relabelled, RelabelRule, Side } from '../domain/relabel.ts';
import { serviceId } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import { type Asking, type SourceClient, scopeOf } from './asking.ts';
import { lengthOf, rangeOf } from './counter-questions.ts';
import { openReadings } from './open-readings.ts';
import { byLabels, selectorOf } from './series.ts';
import type { Source } from './source.ts';

/** One name that a source has now, on one side of its pairs, and what the rules make of it. */
export interface RelabelledName {
  readonly side: Side;
  readonly before: string;
  /** `null` where a rule drops it. */
  readonly after: string | null;
  /** The rule that drops it: its place in the source's list, and itself. */
  readonly droppedBy: { readonly index: number; readonly rule: RelabelRule } | null;
  /** In how many pairs it is. */
  readonly pairs: number;
}

/** What the rules of a source make of the names that it has in a window. */
export interface RelabellingPreview {
  readonly dialect: string | null;
  readonly pairs: number;
  /** Pairs of which a rule drops a side. */
  readonly pairsDropped: number;
  readonly names: readonly RelabelledName[];
  /** Names that become one, where they were several, on whichever side. */
  readonly merges: readonly { readonly after: string; readonly before: readonly string[] }[];
}

/**
 * Asks a source for its present names and applies its rules to them; changes nothing.
 *
 * Names are shown as ids, without the kinds that traffic would give them.
 */
export async function previewRelabelling(
  client: SourceClient,
  source: Source,
  window: Window,
): Promise<RelabellingPreview> {
  const { readings, askings } = await openReadings(client, source, window, { aliases: new Map() });
  if (readings.length === 0) {
    return { dialect: null, pairs: 0, pairsDropped: 0, names: [], merges: [] };
  }
  const facts = (await Promise.all(askings.map(factsOf)))
    .flat()
    .filter((fact) => !isOverflowFact(fact));

  const names = new Map<string, RelabelledName>();
  const named = (side: Side, endpoint: Endpoint): RelabelledName => {
    const before = idOf(endpoint);
    const known = names.get(`${side}|${before}`);
    const result = known ?? { side, before, ...outcomeOf(source, side, endpoint), pairs: 0 };
    const counted = { ...result, pairs: result.pairs + 1 };
    names.set(`${side}|${before}`, counted);
    return counted;
  };
  const dropped = facts.filter(({ client: calling, server: called }) =>
    [named('client', calling), named('server', called)].some(({ after }) => after === null),
  );
  const all = [...names.values()].sort((a, b) => (a.before < b.before ? -1 : 1));
  return {
    dialect: readings.map(({ name }) => name).join(', '),
    pairs: facts.length,
    pairsDropped: dropped.length,
    names: all,
    merges: mergesOf(all),
  };
}

/** One fact for each pair that has series of requests, or of other traffic. */
async function factsOf(asking: Asking): Promise<PairFact[]> {
  const { source, dialect, labels, window } = asking;
  const { matchers } = scopeOf(asking, []);
  const last = dialect.counters
    .filter(({ kind }) => kind !== 'failedRequests')
    .map(
      ({ series }) => `last_over_time(${rangeOf(selectorOf(series, matchers), lengthOf(window))})`,
    );
  const answer = await asking.ask(`group ${byLabels(labels.identity)} (${last.join(' or ')})`);
  return answer.samples.map((sample) => dialect.read(source, 'requests', sample));
}

function outcomeOf({ relabelling }: Source, side: Side, endpoint: Endpoint) {
  const result: Relabelled = relabelling?.apply(side, endpoint) ?? { endpoint };
  if ('endpoint' in result) return { after: idOf(result.endpoint), droppedBy: null };
  const index = result.droppedBy;
  const rule = relabelling?.rules[index];
  return { after: null, droppedBy: rule === undefined ? null : { index, rule } };
}

function idOf(endpoint: Endpoint): string {
  return serviceId(endpoint, 'service');
}

function mergesOf(names: readonly RelabelledName[]) {
  const merges = new Map<string, Set<string>>();
  for (const { before, after } of names) {
    if (after !== null) merges.set(after, (merges.get(after) ?? new Set()).add(before));
  }
  return [...merges]
    .filter(([, before]) => before.size > 1)
    .map(([after, before]) => ({ after, before: [...before] }))
    .sort((a, b) => (a.after < b.after ? -1 : 1));
}
