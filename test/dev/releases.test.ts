import { describe, expect, it } from 'vitest';
import { recipes } from '../../dev/stack/recipes.mjs';
import { releaseOf } from '../../dev/stack/releases.mjs';

describe('what is downloaded', () => {
  it.each(['temporal', 'prometheus', 'neo4j'] as const)('is the %s that is built', (name) => {
    expect(releaseOf(name, 'linux-x64')?.version).toBe(recipes[name]().version);
  });
});
