import { groupByIdentity, type NamedValue, type ShardGroup } from '../domain/shards.ts';
import { type Asking, identityOf, indexScope, isTooHeavy, scopeOf } from './asking.ts';
import { nameLabelOf } from './counter-labels.ts';
import { lengthOf, onceOf, rangeOf } from './counter-questions.ts';
import type { Side } from './dialect.ts';
import { relabelledEndpoint } from './relabel-fact.ts';
import { anyOf, byLabels, type Series, selectorOf } from './series.ts';

export interface SideCount {
  readonly groups: readonly ShardGroup[];
  /** A warning means that there may be more. */
  readonly warnings: readonly string[];
}

/** So long may the names be that one question counts; a longer question is refused by some servers. */
const mostCharacters = 12_000;

/**
 * Counts the series of each client, or server, among those that `matchers` select.
 *
 * A value that several counters know is as large as the largest of them. Where the source refuses to
 * count them together their names come from its index, which it answers whatever their number, and
 * are counted list by list; what is refused by itself counts as one.
 */
export async function countSide(
  asking: Asking,
  side: Side,
  matchers: readonly string[],
): Promise<SideCount> {
  const counted = createCount(asking, side);
  try {
    await counted.count(matchers);
  } catch (error) {
    if (!isTooHeavy(error)) throw error;
    await counted.countByIndex(matchers);
  }
  return counted.finish();
}

function createCount(asking: Asking, side: Side) {
  const { source, window, dialect, labels, aliases, ask } = asking;
  const label = nameLabelOf(labels, side);
  const names: NamedValue[] = [];
  const most = new Map<string, number>();
  const warnings: string[] = [];
  const counters = dialect.counters.filter(({ kind }) => kind !== 'failedRequests');
  const all = [
    ...counters.map(({ series }) => series),
    ...(dialect.listed ? [dialect.listed] : []),
  ];

  async function count(matchers: readonly string[]): Promise<void> {
    for (const counter of all) await countOf(counter, matchers);
  }

  async function countOf(counter: Series, matchers: readonly string[]): Promise<void> {
    const scope = scopeOf(asking, matchers);
    const last = `last_over_time(${rangeOf(selectorOf(counter, scope.matchers), lengthOf(window))})`;
    const answer = await ask(`count ${byLabels(labels[side])} (${onceOf(last, labels)})`);
    warnings.push(...answer.warnings);
    const counted = new Map<string, number>();
    for (const sample of answer.samples) {
      const value = sample.labels[label] ?? '';
      // A side that a rule drops is dropped wherever it is asked about.
      const endpoint =
        relabelledEndpoint(source, dialect, side, sample.labels) ??
        dialect.read(source, 'requests', sample)[side];
      names.push({ value, identity: identityOf(endpoint, aliases) });
      counted.set(value, (counted.get(value) ?? 0) + sample.value);
    }
    for (const [value, series] of counted) most.set(value, Math.max(most.get(value) ?? 0, series));
  }

  /** Whether no rule, alias or label of the operator's makes two names one service. */
  const isPlainlyNamed =
    source.relabelling === undefined && source.labels === undefined && aliases.size === 0;

  async function countByIndex(matchers: readonly string[]): Promise<void> {
    for (const counter of all) {
      const { matchers: selected } = scopeOf(asking, matchers);
      const told = await asking.labelValues(
        label,
        indexScope([selectorOf(counter, selected)], window),
      );
      warnings.push(...told.warnings);
      if (isPlainlyNamed) {
        for (const value of [...told.values, '']) nameAlone(value);
        continue;
      }
      let size = told.values.length + 1;
      // Series without the label are in no index of its values.
      for (let open = [...told.values, '']; open.length > 0; ) {
        const list = listOf(open, size);
        try {
          await countOf(counter, [...matchers, anyOf(label, list)]);
          size = 2 * list.length;
        } catch (error) {
          if (!isTooHeavy(error)) throw error;
          if (list.length > 1) {
            size = Math.ceil(list.length / 2);
            continue;
          }
          nameAlone(list[0] ?? '');
        }
        open = open.slice(list.length);
      }
    }
  }

  /** How many series a value has is not known, and nothing but itself names its service. */
  function nameAlone(value: string): void {
    names.push({ value, identity: JSON.stringify([value]) });
    most.set(value, Math.max(most.get(value) ?? 0, 1));
  }

  return {
    count,
    countByIndex,
    finish: (): SideCount => ({ groups: groupByIdentity(names, most), warnings }),
  };
}

function listOf(values: readonly string[], most: number): string[] {
  const list: string[] = [];
  let characters = 0;
  for (const value of values.slice(0, Math.max(1, most))) {
    characters += value.length + 1;
    if (list.length > 0 && characters > mostCharacters) break;
    list.push(value);
  }
  return list;
}
