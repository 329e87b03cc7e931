import { describe, expect, it } from 'vitest';
import {
  isLookedAt,
  judgeWindow,
  type WindowFindings,
  type WindowReason,
} from '../../src/domain/window-outcome.ts';

const sound: WindowFindings = {
  series: 100,
  nearStart: 100,
  nearEnd: 100,
  planRejected: false,
  shards: 2,
  shardsLost: 0,
  shardsRead: 2,
  presenceWarnings: 0,
  usualSeries: 100,
};
const judge = (given: Partial<WindowFindings>) => judgeWindow({ ...sound, ...given }, 0.5);

describe('a window', () => {
  it('with samples near both ends, no warning and as many series as usual is complete', () => {
    expect(judge({})).toEqual({ outcome: 'complete', reasons: [] });
  });

  it.each([
    ['near its start', { nearStart: 0 }, ['noSamplesNearStart']],
    ['near its end', { nearEnd: 0 }, ['noSamplesNearEnd']],
    ['at all', { nearStart: 0, nearEnd: 0 }, ['noSamplesNearStart', 'noSamplesNearEnd']],
  ])('without samples %s is suspicious: nobody may have looked', (_, missing, reasons) => {
    expect(judge(missing)).toEqual({ outcome: 'suspicious', reasons });
  });

  it('is partial while a producer is missing', () => {
    expect(judge({ missingProducers: 1, nearEnd: 0 })).toEqual({
      outcome: 'partial',
      reasons: ['producerMissing', 'noSamplesNearEnd'],
    });
  });

  it('is suspicious with far fewer series than usual, and only then', () => {
    expect(judge({ series: 49 })).toEqual({ outcome: 'suspicious', reasons: ['fewSeries'] });
    expect(judge({ series: 50 }).outcome).toBe('complete');
    expect(judge({ series: 1, usualSeries: null }).outcome).toBe('complete');
  });

  it('may have few series where few are usual, or where the operator allows it', () => {
    expect(judge({ series: 1, usualSeries: 49 }).outcome).toBe('complete');
    expect(judge({ series: 24, usualSeries: 50 }).outcome).toBe('suspicious');
    expect(judgeWindow({ ...sound, series: 1 }, 0).outcome).toBe('complete');
  });

  it('is partial by a warning or a lost shard, even where it would be suspicious too', () => {
    expect(judge({ presenceWarnings: 1 })).toEqual({ outcome: 'partial', reasons: ['warnings'] });
    expect(judge({ shardsLost: 2, presenceWarnings: 1, nearEnd: 0 })).toEqual({
      outcome: 'partial',
      reasons: ['shardLost', 'warnings', 'noSamplesNearEnd'],
    });
  });

  it('failed when nothing of it could be read', () => {
    expect(judge({ shardsLost: 2, shardsRead: 0 })).toEqual({
      outcome: 'failed',
      reasons: ['shardLost'],
    });
    expect(judge({ planRejected: true, shards: 0, shardsRead: 0, nearEnd: 0 })).toEqual({
      outcome: 'failed',
      reasons: ['planRejected'],
    });
  });

  it('with series that no shard was made of is not complete', () => {
    const none = { shards: 0, shardsRead: 0 };
    expect(judge(none)).toEqual({ outcome: 'partial', reasons: ['shardLost'] });
  });

  it('in which no service graph was found is suspicious, not failed', () => {
    const nothing = { shards: 0, shardsRead: 0, series: 0, nearStart: 0, nearEnd: 0 };
    expect(judge(nothing).outcome).toBe('suspicious');
  });
});

describe('time that counts as looked at', () => {
  const partial = (...reasons: WindowReason[]) => ({ outcome: 'partial' as const, reasons });

  it('is that of complete windows, and of those that lack only producers whose pairs are known', () => {
    expect(isLookedAt({ outcome: 'complete', reasons: [] }, 0)).toBe(true);
    expect(isLookedAt(partial('producerMissing'), 0)).toBe(true);
    expect(isLookedAt(partial('producerMissing'), 1)).toBe(false);
    expect(isLookedAt(partial('producerMissing', 'fewSeries'), 0)).toBe(false);
    expect(isLookedAt(partial('shardLost'), 0)).toBe(false);
    expect(isLookedAt({ outcome: 'suspicious', reasons: ['noSamplesNearEnd'] }, 0)).toBe(false);
    expect(isLookedAt({ outcome: 'failed', reasons: ['planRejected'] }, 0)).toBe(false);
  });
});
