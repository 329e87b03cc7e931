import { expect, it } from 'vitest';
import { isInCache, standNames, titleOf } from './stands.ts';
import { testServers } from './suite.ts';

// Nothing is built here: `npm run test:servers` builds every server, and then they are tried here too.
const here = standNames.filter((name) => name === 'prometheus' || isInCache(name));
const missing = standNames.filter((name) => !here.includes(name));
const list = (names: typeof here) => names.map(titleOf).join(', ') || 'none';

it(`tries ${list(here)}; not in the cache, so not tried: ${list(missing)}`, () => {
  expect(here).toContain('prometheus');
  expect([...here, ...missing].sort()).toEqual([...standNames].sort());
});

testServers(here);
