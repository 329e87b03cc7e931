import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { type Plan, planRun, type Situation } from '../../src/runs/range.ts';
import type { IngestRequest } from '../../src/runs/runs.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { aSource } from '../sources/doubles.ts';

const minute = 60_000;
const source = aSource();
const { intervalMillis } = source;
const settled = Date.UTC(2026, 2, 1, 12);
const now = settled + source.settleMillis + minute;

/** Instants on the grid, beside it and anywhere, from long before to after the present. */
const instant = fc
  .tuple(fc.integer({ min: -40, max: 3 }), fc.constantFrom(0, 0, -1, 1, 7 * minute))
  .map(([windows, beside]) => settled + windows * intervalMillis + beside);
const request: fc.Arbitrary<IngestRequest> = fc.record(
  { fromMillis: instant, toMillis: instant },
  { requiredKeys: [] },
);
const situation: fc.Arbitrary<Situation> = fc.record({
  frontierMillis: fc.option(instant.filter((millis) => millis <= settled)),
  walking: fc.boolean(),
  nowMillis: fc.constant(now),
});

/** The plan of a request; `null` where the range is refused. */
function planOrNull(asked: IngestRequest, found: Situation): Plan | null {
  try {
    return planRun(asked, source, found);
  } catch (error) {
    if (error instanceof AppError && error.code === 'InvalidRange') return null;
    throw error;
  }
}

/**
 * The time a plan reads: to the latest settled window and from where reading stopped, unless it
 * says otherwise; a source that was never read begins with one window.
 */
function covered(plan: Plan, found: Situation): { from: number; to: number } {
  const to = plan.toMillis ?? settled;
  return { from: plan.fromMillis ?? found.frontierMillis ?? to - intervalMillis, to };
}

const floor = (millis: number) => Math.floor(millis / intervalMillis) * intervalMillis;
const ceil = (millis: number) => Math.ceil(millis / intervalMillis) * intervalMillis;

describe('nothing asked for is silently ignored:', () => {
  it.prop([request, situation], { numRuns: 1000 })(
    'a plan covers exactly the range that was asked for, widened to the grid',
    (asked, found) => {
      const plan = planOrNull(asked, found);
      fc.pre(plan !== null);
      const { from, to } = covered(plan, found);
      expect(to).toBe(asked.toMillis === undefined ? settled : ceil(asked.toMillis));
      if (asked.fromMillis !== undefined) expect(from).toBe(floor(asked.fromMillis));
      else expect(from).toBe(found.frontierMillis ?? to - intervalMillis);
    },
  );

  it.prop([request, situation], { numRuns: 1000 })(
    'a range that was asked for is never planned as no time at all',
    (asked, found) => {
      fc.pre(asked.fromMillis !== undefined || asked.toMillis !== undefined);
      const plan = planOrNull(asked, found);
      fc.pre(plan !== null);
      const { from, to } = covered(plan, found);
      expect(from).toBeLessThan(to);
    },
  );

  it.prop([instant, instant, situation], { numRuns: 1000 })(
    'a range with both ends is refused only where it has not settled or is none',
    (fromMillis, toMillis, found) => {
      const plan = planOrNull({ fromMillis, toMillis }, found);
      expect(plan !== null).toBe(fromMillis < toMillis && ceil(toMillis) <= settled);
    },
  );

  it.prop([instant, situation])(
    'a beginning alone is refused only where nothing after it has settled',
    (fromMillis, found) => {
      expect(planOrNull({ fromMillis }, found) !== null).toBe(floor(fromMillis) < settled);
    },
  );

  it.prop([situation])('a request without a range is never refused', (found) => {
    expect(planOrNull({}, found)).toEqual({ kind: 'walk' });
  });

  it.prop([request, situation], { numRuns: 1000 })(
    'the actor is given no range while it walks, and no beginning once it has read',
    (asked, found) => {
      const plan = planOrNull(asked, found);
      fc.pre(plan?.kind === 'walk');
      if (found.walking) expect(plan).toEqual({ kind: 'walk' });
      if (found.frontierMillis !== null) expect(plan).not.toHaveProperty('fromMillis');
    },
  );
});
