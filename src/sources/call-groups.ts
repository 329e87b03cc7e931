import type { Source } from './source.ts';

/**
 * What the sources that see the same calls have in common: the smallest of their ids, by source.
 *
 * What one says of another holds for both, and for whatever else either names. A source that is
 * named with no other has its own id.
 */
export function callGroupsOf(
  sources: readonly Pick<Source, 'id' | 'sameCallsAs'>[],
): ReadonlyMap<string, string> {
  const groups = new Map(sources.map(({ id }) => [id, [id]]));
  for (const { id, sameCallsAs = [] } of sources) {
    for (const other of sameCallsAs) {
      const [mine, theirs] = [groups.get(id), groups.get(other)];
      if (mine === undefined || theirs === undefined || mine === theirs) continue;
      mine.push(...theirs);
      for (const one of theirs) groups.set(one, mine);
    }
  }
  return new Map([...groups].map(([id, all]) => [id, [...all].sort()[0] ?? id]));
}
