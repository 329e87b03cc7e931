import { randomUUID } from 'node:crypto';
import type { Source } from '../../src/sources/source.ts';

const minute = 60_000;

/** A source with the product's defaults, but for what a test says. */
export function testSource(given: Partial<Source> & Pick<Source, 'url'>): Source {
  return {
    id: `test-${randomUUID().slice(0, 8)}`,
    dialect: 'tempo',
    intervalMillis: 15 * minute,
    settleMillis: 90_000,
    reachMillis: 5 * minute,
    scrapeIntervalMillis: minute,
    fixed: { environment: '', cluster: '' },
    ...given,
  };
}
