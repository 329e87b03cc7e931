import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { criticalities, modes } from '../../src/domain/dependency.ts';
import {
  type Belief,
  type DeclaredEvidence,
  type Evidence,
  foldEvidence,
  type ObservedEvidence,
  sameBelief,
} from '../../src/domain/fold.ts';
import { mode } from './arbitraries.ts';

/** Removed is what had been stale before; two passes at most, so that equal times are met. */
const observed: fc.Arbitrary<ObservedEvidence> = fc
  .record({
    mode,
    staleAt: fc.option(fc.constantFrom(10, 20)),
    removed: fc.boolean(),
  })
  .map(({ removed, ...one }) => ({
    ...one,
    removedAt: removed && one.staleAt !== null ? one.staleAt + 100 : null,
  }));
const declared: fc.Arbitrary<DeclaredEvidence> = fc.record({
  modes: fc.subarray([...modes], { minLength: 1 }),
  criticality: fc.option(fc.constantFrom(...criticalities)),
});
const any: fc.Arbitrary<Evidence> = fc.record({
  observed: fc.array(observed, { maxLength: 6 }),
  declared: fc.array(declared, { maxLength: 3 }),
});
const some = any.filter((all) => all.observed.length + all.declared.length > 0);

type Mode = ObservedEvidence['mode'];
const fresh = (how: Mode): ObservedEvidence => ({ mode: how, staleAt: null, removedAt: null });
const stale = (how: Mode, staleAt = 10): ObservedEvidence => ({
  mode: how,
  staleAt,
  removedAt: null,
});
const gone = (how: Mode): ObservedEvidence => ({ mode: how, staleAt: 10, removedAt: 20 });
const said = (
  how: readonly Mode[],
  criticality: DeclaredEvidence['criticality'] = null,
): DeclaredEvidence => ({ modes: how, criticality });

function beliefOf(seen: ObservedEvidence[], claimed: DeclaredEvidence[] = []): Belief {
  const belief = foldEvidence({ observed: seen, declared: claimed });
  if (belief === null) throw new Error('There was evidence.');
  return belief;
}

describe('the belief in a dependency', () => {
  it('is none without evidence', () => {
    expect(foldEvidence({ observed: [], declared: [] })).toBeNull();
  });

  it.each<[string, ObservedEvidence[], DeclaredEvidence[], Partial<Belief>]>([
    ['one fresh mode', [fresh('sync')], [], { state: 'active', modes: ['sync'] }],
    [
      'both modes',
      [fresh('async'), fresh('sync')],
      [],
      { state: 'active', modes: ['sync', 'async'] },
    ],
    [
      'a mode leaves when all its evidence is stale',
      [fresh('sync'), stale('async'), stale('async')],
      [],
      { state: 'active', modes: ['sync'] },
    ],
    [
      'a mode stays while any source still sees it',
      [fresh('sync'), stale('async'), fresh('async')],
      [],
      { state: 'active', modes: ['sync', 'async'] },
    ],
    [
      'all stale is stale, with the modes that were seen last',
      [stale('async', 10), stale('sync', 20)],
      [],
      { state: 'stale', modes: ['sync'], confidence: 'low' },
    ],
    [
      'all gone is removed',
      [gone('sync'), gone('async')],
      [],
      { state: 'removed', modes: ['sync', 'async'] },
    ],
    ['what is partly gone is stale', [gone('sync'), stale('sync')], [], { state: 'stale' }],
    [
      'what is declared and gone is stale, with the declared modes',
      [gone('sync')],
      [said(['async'])],
      { state: 'stale', modes: ['sync', 'async'] },
    ],
    [
      'what was never seen is declared',
      [],
      [said(['async'], 'soft')],
      { state: 'declared', modes: ['async'], criticality: 'soft', confidence: 'low' },
    ],
    [
      'seen and declared alike is sure',
      [fresh('sync')],
      [said(['sync'], 'degraded')],
      { criticality: 'degraded', confidence: 'high', conflicts: [] },
    ],
    ['only seen is less sure', [fresh('sync')], [], { criticality: 'hard', confidence: 'medium' }],
    [
      'a mode that no declaration names is a conflict',
      [fresh('async')],
      [said(['sync'])],
      { modes: ['sync', 'async'], confidence: 'low', conflicts: ['modes'] },
    ],
    [
      'of criticalities the gravest stands, and the conflict is named',
      [],
      [said(['sync'], 'soft'), said(['sync'], 'hard'), said(['sync'])],
      { criticality: 'hard', conflicts: ['criticality'] },
    ],
  ])('%s', (_, seen, claimed, belief) => {
    expect(beliefOf(seen, claimed)).toMatchObject(belief);
  });

  it.prop([
    some.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all.observed], { minLength: all.observed.length }),
        fc.shuffledSubarray([...all.declared], { minLength: all.declared.length }),
        fc.subarray([...all.observed]),
        fc.subarray([...all.declared]),
      ),
    ),
  ])(
    'does not depend on the order, repetition and batches of evidence',
    ([all, seen, claimed, seenAgain, claimedAgain]) => {
      expect(
        foldEvidence({
          observed: [...seenAgain, ...seen],
          declared: [...claimed, ...claimedAgain],
        }),
      ).toEqual(foldEvidence(all));
    },
  );

  it.prop([some])('is active exactly while some evidence is fresh', (all) => {
    const isSeen = all.observed.some((one) => one.staleAt === null);
    expect(foldEvidence(all)?.state === 'active').toBe(isSeen);
  });

  it.prop([some])('holds each mode once, in one order, and at least one', (all) => {
    const believed = foldEvidence(all)?.modes ?? [];
    expect(believed).toEqual(modes.filter((how) => believed.includes(how)));
    expect(believed.length).toBeGreaterThan(0);
  });

  it.prop([some, some])('is the same exactly when all it says is', (left, right) => {
    const [one, other] = [foldEvidence(left), foldEvidence(right)];
    if (one === null || other === null) throw new Error('There was evidence.');
    expect(sameBelief(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
  });
});
