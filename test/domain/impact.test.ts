import { describe, expect, it } from 'vitest';
import type { Belief } from '../../src/domain/fold.ts';
import { impactsOf } from '../../src/domain/impact.ts';
import type { ServiceKind } from '../../src/domain/service.ts';

const belief = (changes: Partial<Belief> = {}): Belief => ({
  state: 'active',
  modes: ['sync'],
  criticality: 'hard',
  confidence: 'medium',
  conflicts: [],
  ...changes,
});
const of = (changes: Partial<Belief>, client: ServiceKind = 'service', server = client) =>
  impactsOf(belief(changes), client, server);

describe('how a failure travels', () => {
  it('brings the client of a failed server down', () => {
    expect(of({})).toEqual([{ mode: 'sync', severity: 'down', origin: 'server' }]);
  });

  it('starves the consumer of a failed producer, and not the producer of a failed consumer', () => {
    expect(of({ modes: ['async'] })).toEqual([
      { mode: 'async', severity: 'starved', origin: 'client' },
    ]);
  });

  it('goes both ways where there are both modes', () => {
    expect(of({ modes: ['sync', 'async'] }).map(({ origin }) => origin)).toEqual([
      'server',
      'client',
    ]);
  });

  it('degrades where that is declared, and stops where it is soft', () => {
    expect(of({ criticality: 'degraded' })[0]?.severity).toBe('degraded');
    expect(of({ criticality: 'soft', modes: ['sync', 'async'] })).toEqual([]);
  });

  it.each(['stale', 'removed'] as const)('does not travel where a dependency is %s', (state) => {
    expect(of({ state })).toEqual([]);
  });

  it('travels where it is only declared', () => {
    expect(of({ state: 'declared' })).toHaveLength(1);
  });

  it.each<[ServiceKind, ServiceKind, number, string]>([
    ['service', 'external', 1, 'a failed external service hurts its clients'],
    ['external', 'service', 0, 'an external client is not hurt'],
    ['user', 'service', 1, 'a user is hurt'],
    ['service', 'user', 0, 'nobody is hurt by a user'],
    ['unknown', 'service', 0, 'an unknown client is not followed'],
    ['service', 'unknown', 0, 'an unknown server is not followed'],
    ['service', 'database', 1, 'a failed database hurts its clients'],
  ])('%s → %s: %d (%s)', (client, server, count) => {
    expect(of({}, client, server)).toHaveLength(count);
  });
});
