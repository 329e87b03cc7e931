import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type KeyTerms,
  keyStateOf,
  keysOfNobody,
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

describe('the name of a key', () => {
  it.each(['grafana', 'CI of the shop', '服务 🦊', 'café: "a" <b>', 'x'.repeat(100)])(
    'may be %j',
    (name) => {
      expect(problemOfTerms(terms({ name }), now)).toBeNull();
    },
  );

  it.each([
    '',
    '   ',
    'x'.repeat(101),
    'a\u001b[2K\u001b[1Gok        neo4j',
    'a\nb',
    'a\tb',
    'a\u0000',
    'a\u007f',
    'a\u009b31m',
    '\u202eevil',
    'a\u200bb',
    'a\u2028b',
    '\ufeffa',
    'a\ud800',
  ])('may not be %j', (name) => {
    expect(problemOfTerms(terms({ name }), now)).toMatch(/name/);
  });
});

const byAdmin = { createdBy: 'command line', rotatedBy: null };
const byNobody = 'nobody in particular';

describe('keys that were made without a key', () => {
  it('are revoked, whatever else is said of them', () => {
    const given = { ...byAdmin, expiresAtMillis: null, revokedAtMillis: null };
    expect(keyStateOf(given, now)).toBe('active');
    expect(keyStateOf({ ...given, createdBy: byNobody }, now)).toBe('revoked');
    expect(keyStateOf({ ...given, rotatedBy: byNobody }, now)).toBe('revoked');
  });

  it('are told with all that were made or rotated with them, in whatever order', () => {
    const keys = [
      { id: 'grandchild', createdBy: 'child', rotatedBy: null },
      { id: 'child', createdBy: 'root', rotatedBy: null },
      { id: 'root', createdBy: byNobody, rotatedBy: null },
      { id: 'turned', createdBy: 'command line', rotatedBy: 'child' },
      { id: 'given', createdBy: 'command line', rotatedBy: byNobody },
      { id: 'good', createdBy: 'command line', rotatedBy: 'other' },
      { id: 'other', createdBy: 'good', rotatedBy: null },
    ];
    const expected = ['child', 'given', 'grandchild', 'root', 'turned'];
    expect([...keysOfNobody(keys)].sort()).toEqual(expected);
    expect([...keysOfNobody(keys.toReversed())].sort()).toEqual(expected);
  });
});

describe('a key', () => {
  it('is revoked for ever, expired from its end on, and active before', () => {
    const at = (expiresAtMillis: number | null, revokedAtMillis: number | null = null) =>
      keyStateOf({ ...byAdmin, expiresAtMillis, revokedAtMillis }, now);
    expect(at(null)).toBe('active');
    expect(at(now + 1)).toBe('active');
    expect(at(now)).toBe('expired');
    expect(at(now + 1, now - 1)).toBe('revoked');
    expect(at(now - 1, now - 2)).toBe('revoked');
  });
});
