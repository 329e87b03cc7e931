import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, narrowed, type Seen, sees, type View } from '../../src/domain/view.ts';

const word = fc.constantFrom('', 'production', 'staging', 'payments', 'search');
const words = fc.option(fc.uniqueArray(word), { nil: null });
const view: fc.Arbitrary<View> = fc.record({ environments: words, teams: words });
const seen: fc.Arbitrary<Seen> = fc.record({
  environment: word,
  team: fc.option(word, { nil: null }),
});

describe('a view', () => {
  it('of everything sees every service', () => {
    fc.assert(fc.property(seen, (service) => sees(everything, service)));
  });

  it('of some environments sees what is in them, whosever it is', () => {
    const view = { environments: ['production'], teams: null };
    expect(sees(view, { environment: 'production', team: null })).toBe(true);
    expect(sees(view, { environment: 'staging', team: null })).toBe(false);
  });

  it('of some teams sees theirs, and nothing that is nobody’s', () => {
    const view = { environments: null, teams: ['payments'] };
    expect(sees(view, { environment: 'production', team: 'payments' })).toBe(true);
    expect(sees(view, { environment: 'production', team: 'search' })).toBe(false);
    expect(sees(view, { environment: 'production', team: null })).toBe(false);
  });

  it('of no environment or of no team sees nothing', () => {
    fc.assert(
      fc.property(
        view,
        seen,
        (some, service) =>
          !sees({ ...some, environments: [] }, service) && !sees({ ...some, teams: [] }, service),
      ),
    );
  });

  it('narrowed by another sees exactly what both see', () => {
    fc.assert(
      fc.property(
        view,
        view,
        seen,
        (one, other, service) =>
          sees(narrowed(one, other), service) === (sees(one, service) && sees(other, service)),
      ),
    );
  });
});
