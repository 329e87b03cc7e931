import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KeyTerms,
  keyStateOf,
  permits,
  problemOfTerms,
  type Scope,
  scopes,
} from '../../src/domain/key.ts';

const now = Date.UTC(2026, 2, 1);
const scope = fc.constantFrom(...scopes);
const held = fc.uniqueArray(scope).map((some) => new Set<Scope>(some));
const words = fc.option(fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }), { nil: null });
const terms = (given: Partial<KeyTerms>): KeyTerms => ({
  name: 'grafana',
  scopes: ['read'],
  environments: null,
  teams: null,
  expiresAtMillis: null,
  ...given,
});

describe('scopes', () => {
  it('permit what they say and no more, and admin permits everything', () => {
    fc.assert(
      fc.property(
        held,
        scope,
        (some, wanted) => permits(some, wanted) === (some.has('admin') || some.has(wanted)),
      ),
    );
  });
});

describe('the terms of a key', () => {
  it('of a part of the graph allow reading and declaring only', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(scope, { minLength: 1 }),
        words,
        words,
        (some, environments, teams) => {
          const isRestricted = environments !== null || teams !== null;
          const reachesFar = some.includes('run') || some.includes('admin');
          const problem = problemOfTerms(terms({ scopes: some, environments, teams }), now);
          return (problem !== null) === (isRestricted && reachesFar);
        },
      ),
    );
  });

  it.each([
    ['no scope', { scopes: [] }, /scopes read, run, declare, admin/],
    ['no environment', { environments: [] }, /see nothing/],
    ['no team', { teams: [] }, /see nothing/],
    ['an end that has come', { expiresAtMillis: now }, /later than now/],
  ])('with %s are refused in a sentence', (_, given, sentence) => {
    expect(problemOfTerms(terms(given), now)).toMatch(sentence);
  });
});

describe('a key', () => {
  it('is revoked for ever, expired from its end on, and active before', () => {
    const at = (expiresAtMillis: number | null, revokedAtMillis: number | null = null) =>
      keyStateOf({ expiresAtMillis, revokedAtMillis }, now);
    expect(at(null)).toBe('active');
    expect(at(now + 1)).toBe('active');
    expect(at(now)).toBe('expired');
    expect(at(now + 1, now - 1)).toBe('revoked');
    expect(at(now - 1, now - 2)).toBe('revoked');
  });
});
