import { describe, expect, it } from 'vitest';
import { alikeSourcesCheck } from '../../../src/cli/doctor/checks/alike-sources.ts';
import type { Agreement } from '../../../src/graph/source-agreement.ts';
import { loadConfig } from '../../../src/runtime/config.ts';
import { AppError } from '../../../src/runtime/errors.ts';
import type { Source } from '../../../src/sources/source.ts';
import { aSource } from '../../sources/doubles.ts';

const env = { TOPOLOG_SOURCES_FILE: 'sources.yaml' };

async function found(
  agreements: Readonly<Record<string, readonly Agreement[]>> | AppError,
  given: Partial<Source> = {},
) {
  const sources = [aSource({ id: 'mesh', ...given }), aSource({ id: 'traces' })];
  const [check] = alikeSourcesCheck({
    config: loadConfig(env),
    sources,
    agreementsOf: async (source) => {
      if (agreements instanceof AppError) throw agreements;
      return agreements[source] ?? [];
    },
  });
  return check?.check();
}

const alike = (shared: number, agreeing: number) => ({
  mesh: [{ other: 'traces', shared, agreeing }],
  traces: [{ other: 'mesh', shared, agreeing }],
});

describe('two sources', () => {
  it('that have counted the same are doubtful, once', async () => {
    expect(await found(alike(10, 9))).toEqual([
      {
        name: 'sources',
        check: 'sources.alike',
        outcome: 'doubtful',
        where: 'sources.yaml',
        message: expect.stringMatching(
          /^mesh and traces have both counted 10 pairs, and 9 of them/,
        ),
        setting: 'sameCallsAs',
      },
    ]);
  });

  it.each([
    ['share few pairs', alike(4, 4), {}],
    ['agree of too few', alike(10, 8), {}],
    ['are known to see the same calls', alike(10, 10), { sameCallsAs: ['traces'] }],
    [
      'are compared with one that is gone',
      { mesh: [{ other: 'old', shared: 9, agreeing: 9 }] },
      {},
    ],
    ['cannot be compared', new AppError('GraphUnavailable', 'It is away.'), {}],
  ] as const)('that %s are ok', async (_, agreements, given) => {
    expect(await found(agreements, given)).toMatchObject([{ outcome: 'ok', message: null }]);
  });

  it('are at least two', () => {
    const [config, sources] = [loadConfig(env), [aSource()]];
    expect(alikeSourcesCheck({ config, sources, agreementsOf: async () => [] })).toEqual([]);
  });
});
