import { describe, expect, inject, it } from 'vitest';
import { standNames, titleOf } from './stands.ts';
import { testServers } from './suite.ts';

const without = inject('withoutStands');
const notBuilt = new Map(Object.entries(inject('standsNotBuilt')));
const wanted = standNames.filter((name) => !without.includes(name));

describe.each(wanted.map((name) => ({ name, title: titleOf(name) })))('$title', ({ name }) => {
  it('can be had here', () => {
    expect(notBuilt.get(name) ?? 'It is built.').toBe('It is built.');
  });
});

testServers(wanted.filter((name) => !notBuilt.has(name)));
