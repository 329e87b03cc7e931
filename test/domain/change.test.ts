import { describe, expect, it } from 'vitest';
import { dependencyChange } from '../../src/domain/change.ts';
import type { DependencyState } from '../../src/domain/dependency.ts';
import type { Belief } from '../../src/domain/fold.ts';

const belief = (state: DependencyState | null): Belief | null =>
  state === null
    ? null
    : { state, modes: ['sync'], criticality: 'hard', confidence: 'medium', conflicts: [] };

describe('what happened to a dependency', () => {
  it.each<[DependencyState | null, DependencyState | null, boolean, string | null]>([
    [null, 'active', false, 'dependency.discovered'],
    [null, 'declared', false, 'dependency.discovered'],
    [null, 'stale', false, 'dependency.discovered'],
    [null, 'active', true, 'dependency.revived'],
    [null, 'removed', false, null],
    [null, null, true, null],
    ['active', 'stale', false, 'dependency.stale'],
    ['stale', 'active', false, 'dependency.revived'],
    ['stale', 'removed', false, 'dependency.removed'],
    ['active', 'removed', false, 'dependency.removed'],
    ['active', null, true, 'dependency.removed'],
    ['active', 'active', false, 'dependency.changed'],
    ['declared', 'active', false, 'dependency.changed'],
    ['active', 'declared', false, 'dependency.changed'],
    ['declared', 'stale', false, 'dependency.stale'],
  ])('%s → %s, known before: %s', (before, after, known, type) => {
    expect(dependencyChange(belief(before), belief(after), known)).toBe(type);
  });
});
