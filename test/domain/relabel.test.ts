import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { Endpoint } from '../../src/domain/observation.ts';
import {
  createRelabelling,
  problemOfRegex,
  type RelabelRule,
  type Side,
} from '../../src/domain/relabel.ts';
import { endpoint, identity } from './arbitraries.ts';

/** What rules make of a client. */
function relabel(rules: readonly RelabelRule[], given: Endpoint, side: Side = 'client') {
  return createRelabelling(rules).apply(side, given);
}

/** The name that one `replace` rule makes of a name. */
function renamed(rule: RelabelRule, name: string, namespace = ''): string | null {
  const given = endpoint(name, namespace);
  const result = relabel([{ sourceLabels: ['name'], targetLabel: 'name', ...rule }], given);
  return 'endpoint' in result ? result.endpoint.name : null;
}

describe('replace', () => {
  it.each<[string, RelabelRule, string, string]>([
    ['the default regex takes all, and the default replacement is it', {}, 'a-1', 'a-1'],
    ['a regex is anchored at both ends', { regex: 'web', replacement: 'x' }, 'web-1', 'web-1'],
    ['an alternative is anchored too', { regex: 'a|b', replacement: 'x' }, 'ab', 'ab'],
    ['a group is put in by number', { regex: '(.+)-\\d+', replacement: '$1' }, 'web-12', 'web'],
    ['a number may be in braces', { regex: '(w)(.*)', replacement: `\${2}\${1}` }, 'web', 'ebw'],
    ['without braces the longest name counts', { regex: '(w).*', replacement: '$1x' }, 'web', ''],
    ['a group may have a name', { regex: '(?P<a>w).*', replacement: `\${a}x` }, 'web', 'wx'],
    ['the whole match is 0', { regex: 'w.*', replacement: '<$0>' }, 'web', '<web>'],
    ['an unknown group is empty', { regex: '.*', replacement: `a$7b\${8}c` }, 'web', 'ac'],
    [
      'a group that caught nothing is empty',
      { regex: 'w(x)?eb', replacement: `a\${1}` },
      'web',
      'a',
    ],
    ['two dollars are one', { regex: '.*', replacement: '$$1' }, 'web', '$1'],
    ['a dollar before anything else stays', { regex: '.*', replacement: '$-$' }, 'web', '$-$'],
    ['an empty result removes the label', { regex: '.*', replacement: '' }, 'web', ''],
    ['no match changes nothing', { regex: 'x.*', replacement: '' }, 'web', 'web'],
    ['a dot is any character', { regex: 'a.b', replacement: 'x' }, 'a\nb', 'x'],
    ['case may be ignored', { regex: '(?i)WEB', replacement: 'x' }, 'web', 'x'],
    [
      'source labels are joined by a semicolon',
      { sourceLabels: ['namespace', 'name'] },
      'web',
      'shop;web',
    ],
    [
      'or by what is said',
      { sourceLabels: ['namespace', 'name'], separator: '/' },
      'web',
      'shop/web',
    ],
    ['a missing label is empty', { sourceLabels: ['cluster', 'name'] }, 'web', ';web'],
    [
      'without source labels the text is empty',
      { sourceLabels: [], replacement: 'x$1' },
      'web',
      'x',
    ],
    ['the side is a label', { sourceLabels: ['side'] }, 'web', 'client'],
  ])('%s', (_, rule, name, expected) => {
    expect(renamed(rule, name, 'shop')).toBe(expected);
  });

  it('may write another part than it reads', () => {
    const rules: RelabelRule[] = [
      { sourceLabels: ['name'], regex: '(.+)\\.(.+)', targetLabel: 'namespace', replacement: '$2' },
      { sourceLabels: ['name'], regex: '(.+)\\.(.+)', targetLabel: 'name' },
    ];
    expect(relabel(rules, endpoint('web.shop'))).toEqual({ endpoint: endpoint('web', 'shop') });
  });
});

describe('keep and drop', () => {
  const rule = (action: 'keep' | 'drop', regex?: string): RelabelRule => ({
    action,
    sourceLabels: ['side', 'name'],
    ...(regex === undefined ? {} : { regex }),
  });

  it.each([
    ['keep', 'client;web', true],
    ['keep', 'client;we', false],
    ['keep', 'server;.*', false],
    ['drop', 'client;web', false],
    ['drop', 'client;we', true],
    ['drop', undefined, false],
    ['keep', undefined, true],
  ] as const)('%s of %s: kept %s', (action, regex, kept) => {
    expect(relabel([rule(action, regex)], endpoint('web'))).toEqual(
      kept ? { endpoint: endpoint('web') } : { droppedBy: 0 },
    );
  });

  it('sees what earlier rules wrote, and says which rule dropped', () => {
    const rules: RelabelRule[] = [
      { action: 'lowercase', sourceLabels: ['name'], targetLabel: 'name' },
      { action: 'drop', sourceLabels: ['name'], regex: 'web' },
      { action: 'drop', sourceLabels: ['name'] },
    ];
    expect(relabel(rules, endpoint('WEB'))).toEqual({ droppedBy: 1 });
  });
});

describe('lowercase', () => {
  it.each([
    ['Web', 'web'],
    ['ÀΣ', 'àσ'],
    ['\u0130', 'i'],
    ['ß', 'ß'],
  ])('%s', (name, expected) => {
    expect(renamed({ action: 'lowercase' }, name)).toBe(expected);
  });
});

describe('a regex', () => {
  it.each(['(?=a)', '(?!a)', '(a)\\1', '(', 'a)|(b', 'a{2000}', '\\p{Nonsense}'])(
    'that RE2 does not know is refused: %s',
    (regex) => {
      expect(problemOfRegex(regex)).toMatch(/error parsing regexp/);
    },
  );

  it('takes no longer for a name made to stop it', () => {
    const rules: RelabelRule[] = [
      { action: 'drop', sourceLabels: ['name'], regex: '(a+)+(a|aa)*(.*a){10}' },
    ];
    const startedAt = performance.now();
    relabel(rules, endpoint(`${'a'.repeat(20_000)}!`));
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', '$', '1', '.'), maxLength: 6 });
const rule: fc.Arbitrary<RelabelRule> = fc.record(
  {
    action: fc.constantFrom('replace', 'keep', 'drop', 'lowercase'),
    sourceLabels: fc.subarray(['environment', 'cluster', 'namespace', 'name', 'side'] as const),
    separator: text,
    regex: fc.constantFrom('(.*)', '(.+)-(.*)', 'a.*', '[^;]*;?(.*)', ''),
    targetLabel: fc.constantFrom('environment', 'cluster', 'namespace', 'name'),
    replacement: text,
  },
  { requiredKeys: ['targetLabel', 'sourceLabels'] },
);
const side = fc.constantFrom<Side>('client', 'server');

describe('rules', () => {
  it.prop([fc.array(rule, { maxLength: 5 }), identity, side])(
    'give the same each time, and leave what they are given as it was',
    (rules, given, on) => {
      const relabelling = createRelabelling(rules);
      const before = { ...given };
      const first = relabelling.apply(on, given);
      expect(relabelling.apply(on, { ...given })).toEqual(first);
      expect(createRelabelling(rules).apply(on, given)).toEqual(first);
      expect(given).toEqual(before);
    },
  );

  it.prop([fc.array(rule, { maxLength: 4 }), fc.array(rule, { maxLength: 4 }), identity, side])(
    'act one after the other',
    (first, second, given, on) => {
      const all = relabel([...first, ...second], given, on);
      const half = relabel(first, given, on);
      if ('droppedBy' in half) {
        expect(all).toEqual(half);
      } else {
        const whole = relabel(second, half.endpoint, on);
        const droppedBy = 'droppedBy' in whole ? first.length + whole.droppedBy : null;
        expect(all).toEqual(droppedBy === null ? whole : { droppedBy });
      }
    },
  );

  it.prop([identity, side, fc.constantFrom('keep', 'drop')])(
    'keep what the opposite of them drops',
    (given, on, action) => {
      const sourceLabels = ['name'] as const;
      const drops = (one: 'keep' | 'drop') =>
        'droppedBy' in relabel([{ action: one, sourceLabels, regex: 'a.*' }], given, on);
      expect(drops(action)).toBe(!drops(action === 'keep' ? 'drop' : 'keep'));
    },
  );

  it.prop([identity, side])('none of them change nothing', (given, on) => {
    expect(relabel([], given, on)).toEqual({ endpoint: given });
  });
});
