/** Values of one label that name the same services, so that no cut may go between them. */
export interface ShardGroup {
  /** Sorted; the empty value is that of a missing label. */
  readonly values: readonly string[];
  readonly series: number;
}

/** A value of the label that shards are cut by, and the service it was found to name. */
export interface NamedValue {
  readonly value: string;
  readonly identity: string;
}

/** What one shard may hold. */
export interface ShardBounds {
  readonly series: number;
  /** All values together; they stand in every question about the shard. */
  readonly characters: number;
}

/**
 * Puts values into one group where they share a service, directly or over others.
 *
 * An observation that two shards saw halves of would be written twice, and the later half would
 * overwrite the earlier. A group counts as one series at least.
 */
export function groupByIdentity(
  names: Iterable<NamedValue>,
  seriesOf: ReadonlyMap<string, number>,
): ShardGroup[] {
  const parents = new Map<string, string>();
  const rootOf = (value: string): string => {
    let root = value;
    for (let next = parents.get(root); next !== undefined && next !== root; ) {
      root = next;
      next = parents.get(root);
    }
    parents.set(value, root);
    return root;
  };
  const firstOf = new Map<string, string>();
  for (const { value, identity } of names) {
    const first = firstOf.get(identity);
    if (first === undefined) firstOf.set(identity, value);
    parents.set(rootOf(value), rootOf(first ?? value));
  }
  const groups = new Map<string, string[]>();
  for (const value of [...parents.keys()].sort()) {
    const root = rootOf(value);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [value]);
    else group.push(value);
  }
  return [...groups.values()].map((values) => {
    const series = values.reduce((sum, value) => sum + (seriesOf.get(value) ?? 0), 0);
    return { values, series: Math.max(1, series) };
  });
}

/**
 * Packs groups, in their order, into as few shards as come of filling one after the other.
 *
 * A group that exceeds a bound by itself is a shard of its own.
 */
export function packGroups(groups: readonly ShardGroup[], bounds: ShardBounds): ShardGroup[][] {
  const packs: ShardGroup[][] = [];
  let pack: ShardGroup[] = [];
  let series = 0;
  let characters = 0;
  for (const group of groups) {
    const length = charactersOf(group);
    const full = series + group.series > bounds.series || characters + length > bounds.characters;
    if (full && pack.length > 0) {
      packs.push(pack);
      [pack, series, characters] = [[], 0, 0];
    }
    pack.push(group);
    series += group.series;
    characters += length;
  }
  return pack.length > 0 ? [...packs, pack] : packs;
}

export function seriesOf(groups: readonly ShardGroup[]): number {
  return groups.reduce((sum, group) => sum + group.series, 0);
}

function charactersOf({ values }: ShardGroup): number {
  return values.reduce((sum, value) => sum + value.length + 1, 0);
}
