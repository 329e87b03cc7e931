import type { Belief } from './fold.ts';

/** What can happen to a dependency or a service, as the changelog calls it. */
export const changeTypes = [
  'dependency.discovered',
  'dependency.revived',
  'dependency.stale',
  'dependency.removed',
  'dependency.changed',
  'service.discovered',
  'service.changed',
  'service.removed',
] as const;
export type ChangeType = (typeof changeTypes)[number];

/**
 * How a change came to be known: as it happened (`live`), from the past that was read before
 * (`backfill`), from the first window of a source, which is as new as the source and no more
 * (`firstWindow`), from a window that was read again (`late`), or by the operator's word.
 */
export const changeContexts = ['live', 'backfill', 'firstWindow', 'late', 'operator'] as const;
export type ChangeContext = (typeof changeContexts)[number];

/**
 * What happened to a dependency between two beliefs; `null` where nothing did.
 *
 * `before` is the belief now, `null` where there is none; `known` whether there ever was one.
 */
export function dependencyChange(
  before: Belief | null,
  after: Belief | null,
  known: boolean,
): ChangeType | null {
  const isThere = after !== null && after.state !== 'removed';
  if (before === null) {
    if (!isThere) return null;
    return known ? 'dependency.revived' : 'dependency.discovered';
  }
  if (!isThere) return 'dependency.removed';
  if (before.state === after.state) return 'dependency.changed';
  if (after.state === 'stale') return 'dependency.stale';
  return before.state === 'stale' && after.state === 'active'
    ? 'dependency.revived'
    : 'dependency.changed';
}
