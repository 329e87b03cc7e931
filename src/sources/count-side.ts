import { groupByIdentity, type NamedValue, type ShardGroup } from '../domain/shards.ts';
import { type Asking, identityOf } from './asking.ts';
import type { Side } from './dialect.ts';
import { relabelledEndpoint } from './relabel-fact.ts';

export interface SideCount {
  readonly groups: readonly ShardGroup[];
  /** A warning means that there may be more. */
  readonly warnings: readonly string[];
}

/**
 * Counts the series of each client, or server, among those that `matchers` select.
 *
 * A value that several counters know is as large as the largest of them.
 */
export async function countSide(
  { source, window, dialect, aliases, ask }: Asking,
  side: Side,
  matchers: readonly string[],
): Promise<SideCount> {
  const { label, counts } = dialect.cuts[side];
  const names: NamedValue[] = [];
  const most = new Map<string, number>();
  const warnings: string[] = [];
  for (const question of counts({ source, window, matchers })) {
    const answer = await ask(question);
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
  return { groups: groupByIdentity(names, most), warnings };
}
