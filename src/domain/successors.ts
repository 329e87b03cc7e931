import type { Producer } from './producer.ts';

/** So many comparisons are made at most; beyond, all of one job are alike enough. */
const mostComparisons = 250_000;

/**
 * Which producers stand for those that went: of the same reading and job, and most alike.
 *
 * A new pod differs in its instance, a label that was added to all in one label. Each stands for one
 * at most, so of three that went and two that came one is left.
 */
export function matchSuccessors<Gone extends Producer, Come extends Producer>(
  gone: readonly Gone[],
  come: readonly Come[],
): Map<Gone, Come> {
  const found = new Map<Gone, Come>();
  const candidates = groupsOf(come);
  for (const [key, ones] of groupsOf(gone)) {
    const others = candidates.get(key) ?? [];
    const isMany = ones.length * others.length > mostComparisons;
    const pairs = isMany ? inOrder(ones, others) : mostAlike(ones, others);
    for (const [one, other] of pairs) found.set(one, other);
  }
  return found;
}

function groupsOf<T extends Producer>(producers: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of producers) {
    const key = JSON.stringify([one.reading, one.labels.job ?? '']);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(one);
  }
  return groups;
}

function inOrder<Gone, Come>(gone: readonly Gone[], come: readonly Come[]): [Gone, Come][] {
  return gone.flatMap((one, index) => {
    const other = come[index];
    return other === undefined ? [] : [[one, other] satisfies [Gone, Come]];
  });
}

function mostAlike<Gone extends Producer, Come extends Producer>(
  gone: readonly Gone[],
  come: readonly Come[],
): [Gone, Come][] {
  const pairs = gone
    .flatMap((one) => come.map((other) => ({ one, other, likeness: likenessOf(one, other) })))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness || compare(a.one, b.one) || compare(a.other, b.other));
  const matched: [Gone, Come][] = [];
  const taken = new Set<Producer>();
  for (const { one, other } of pairs) {
    if (taken.has(one) || taken.has(other)) continue;
    taken.add(one).add(other);
    matched.push([one, other]);
  }
  return matched;
}

/**
 * How alike two producers are, by the labels that are equal; 0 where they are not.
 *
 * Those with the same names of labels are before those with other names. Without an equal label only
 * those are alike that nothing but one label tells apart.
 */
function likenessOf({ labels: one }: Producer, { labels: other }: Producer): number {
  const names = Object.keys(one);
  const shared = names.filter((name) => name in other).length;
  const equal = names.filter((name) => one[name] === other[name]).length;
  const haveSameNames = shared === names.length && shared === Object.keys(other).length;
  if (equal === 0 && !(haveSameNames && names.length === 1)) return 0;
  return 2 * equal + (haveSameNames ? 1 : 0);
}

function compare(a: Producer, b: Producer): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
