import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { modes } from '../../src/domain/dependency.ts';
import { type Evidence, foldEvidence, sameBelief } from '../../src/domain/fold.ts';
import { mode, shuffled } from './arbitraries.ts';

const evidence: fc.Arbitrary<Evidence> = fc.record({ mode, stale: fc.boolean() });
const some = fc.array(evidence, { minLength: 1, maxLength: 12 });

const fresh = (how: Evidence['mode']): Evidence => ({ mode: how, stale: false });
const stale = (how: Evidence['mode']): Evidence => ({ mode: how, stale: true });

describe('the belief in a dependency', () => {
  it('is none without evidence', () => {
    expect(foldEvidence([])).toBeNull();
  });

  it.each<[string, Evidence[], ReturnType<typeof foldEvidence>]>([
    ['one fresh mode', [fresh('sync')], { state: 'active', modes: ['sync'] }],
    ['both modes', [fresh('async'), fresh('sync')], { state: 'active', modes: ['sync', 'async'] }],
    [
      'a mode leaves when all its evidence is stale',
      [fresh('sync'), stale('async'), stale('async')],
      { state: 'active', modes: ['sync'] },
    ],
    [
      'a mode stays while any source still sees it',
      [fresh('sync'), stale('async'), fresh('async')],
      { state: 'active', modes: ['sync', 'async'] },
    ],
    [
      'all stale is stale, with its modes kept',
      [stale('async'), stale('sync')],
      { state: 'stale', modes: ['sync', 'async'] },
    ],
  ])('%s', (_, given, belief) => {
    expect(foldEvidence(given)).toEqual(belief);
  });

  it.prop([some.chain((all) => fc.tuple(fc.constant(all), shuffled(all)))])(
    'does not depend on the order of evidence',
    ([all, reordered]) => {
      expect(foldEvidence(reordered)).toEqual(foldEvidence(all));
    },
  );

  it.prop([some.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)))])(
    'does not depend on how often evidence is repeated',
    ([all, again]) => {
      expect(foldEvidence([...again, ...all])).toEqual(foldEvidence(all));
    },
  );

  it.prop([fc.array(some, { minLength: 1, maxLength: 4 })])(
    'does not depend on the batches in which evidence comes',
    (batches) => {
      expect(foldEvidence(batches.toReversed().flat())).toEqual(foldEvidence(batches.flat()));
    },
  );

  it.prop([some])('is active exactly while some evidence is fresh', (all) => {
    expect(foldEvidence(all)?.state).toBe(all.some((one) => !one.stale) ? 'active' : 'stale');
  });

  it.prop([some])('holds each mode once, and only what evidence names', (all) => {
    const believed = foldEvidence(all)?.modes ?? [];
    const deciding = all.some((one) => !one.stale) ? all.filter((one) => !one.stale) : all;
    expect(believed).toEqual(modes.filter((how) => deciding.some((one) => one.mode === how)));
  });

  it.prop([some, some])('is the same exactly when state and modes are', (left, right) => {
    const [one, other] = [foldEvidence(left), foldEvidence(right)];
    if (one === null || other === null) throw new Error('There was evidence.');
    expect(sameBelief(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
  });
});
