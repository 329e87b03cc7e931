import { describe, expect, it } from 'vitest';
import { complaints, meets } from '../../dev/check/licences.mjs';

describe('the licence check', () => {
  it('wants one of an OR and all of an AND', () => {
    expect(meets('(MIT OR GPL-3.0)', ['MIT'])).toBe(true);
    expect(meets('Apache-2.0 AND MIT', ['MIT', 'Apache-2.0'])).toBe(true);
    expect(meets('Apache-2.0 AND GPL-3.0', ['MIT', 'Apache-2.0'])).toBe(false);
    expect(meets('GPL-3.0', ['MIT'])).toBe(false);
  });

  it('refuses what is nested, so that somebody looks at it', () => {
    expect(meets('MIT AND (MIT OR GPL-3.0)', ['MIT'])).toBe(false);
  });

  it('allows more to packages of development than to what is shipped', () => {
    const packages = {
      '': { license: 'Apache-2.0' },
      'node_modules/shipped': { license: 'MPL-2.0' },
      'node_modules/tool': { license: 'MPL-2.0', dev: true },
    };
    expect(complaints(packages, () => undefined)).toEqual([
      'node_modules/shipped: MPL-2.0 is not allowed',
    ]);
  });

  it('reads the package where the lock file says nothing, and refuses one without a licence', () => {
    const packages = { 'node_modules/a': {}, 'node_modules/b': {}, 'node_modules/c': {} };
    const licences: Record<string, string> = {
      'node_modules/a': 'MIT',
      'node_modules/b': 'SSPL-1.0',
    };
    expect(complaints(packages, (path) => licences[path])).toEqual([
      'node_modules/b: SSPL-1.0 is not allowed',
      'node_modules/c: no licence is not allowed',
    ]);
  });

  it('passes over a package that is for another system and not installed', () => {
    expect(complaints({ 'node_modules/other': { optional: true } }, () => undefined)).toEqual([]);
  });
});
