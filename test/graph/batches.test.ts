import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { Neo4jError } from 'neo4j-driver';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { inBatches } from '../../src/graph/batches.ts';
import { AppError } from '../../src/runtime/errors.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The batches in which `rows` numbers are written, if writing a batch takes what `takes` says. */
async function batchesOf(rows: number, batchRows: number, takes: (batch: number) => number) {
  const batches: number[][] = [];
  await inBatches(numbers(rows), batchRows, async (batch) => {
    vi.advanceTimersByTime(takes(batches.length));
    batches.push([...batch]);
  });
  return batches;
}

const sizesOf = (batches: readonly unknown[][]) => batches.map((batch) => batch.length);

describe('rows written in batches', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it.prop([fc.nat(50), fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(4000), { minLength: 1 })])(
    'are all written, once, in their order and never more than allowed, however slow it is',
    async (rows, batchRows, times) => {
      const batches = await batchesOf(rows, batchRows, (i) => times[i % times.length] ?? 0);
      expect(batches.flat()).toEqual(numbers(rows));
      for (const size of sizesOf(batches)) {
        expect(size).toBeGreaterThan(0);
        expect(size).toBeLessThanOrEqual(batchRows);
      }
    },
  );

  it('are not written at all where there are none', async () => {
    expect(await batchesOf(0, 10, () => 0)).toEqual([]);
  });

  it('fill every batch but the last while writing is fast', async () => {
    expect(sizesOf(await batchesOf(25, 10, () => 2000))).toEqual([10, 10, 5]);
  });

  it('come in half as large batches after a slow one, and grow again after a quick one', async () => {
    const slowOnce = (batch: number) => (batch === 0 ? 2001 : 0);
    expect(sizesOf(await batchesOf(20, 8, slowOnce))).toEqual([8, 4, 8]);
    const neither = (batch: number) => (batch === 0 ? 2001 : 1000);
    expect(sizesOf(await batchesOf(20, 8, neither))).toEqual([8, 4, 4, 4]);
  });

  it('come one by one at least, however slow writing is', async () => {
    expect(sizesOf(await batchesOf(10, 5, () => 60_000))).toEqual([5, 3, 2]);
    expect(sizesOf(await batchesOf(12, 5, () => 60_000))).toEqual([5, 3, 2, 1, 1]);
  });

  it('are written one batch after the other, never two at once', async () => {
    let open = 0;
    let most = 0;
    await inBatches(numbers(9), 3, async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise(setImmediate);
      open -= 1;
    });
    expect(most).toBe(1);
  });

  it('stop at the batch that cannot be written', async () => {
    const written: number[] = [];
    const failing = inBatches(numbers(9), 3, async (batch) => {
      if (batch.includes(4)) throw new Error('no space left');
      written.push(...batch);
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(written).toEqual([0, 1, 2]);
  });
});

describe('rows that the database has no memory for', () => {
  const tooMuch = (code: string) =>
    new AppError('GraphUnavailable', 'Neo4j', {
      cause: new Neo4jError('no memory', code, '50N42', 'no memory'),
    });
  const codes = [
    'Neo.TransientError.General.OutOfMemoryError',
    'Neo.TransientError.General.MemoryPoolOutOfMemoryError',
    'Neo.TransientError.General.TransactionOutOfMemoryError',
    'Neo.TransientError.General.TransactionMemoryLimit',
  ];

  /** Writes where more than `room` rows at once are refused; says what was tried and written. */
  async function written(rows: number, batchRows: number, room: number, error: Error) {
    const tried: number[] = [];
    const done: number[] = [];
    const writing = inBatches(numbers(rows), batchRows, async (batch) => {
      tried.push(batch.length);
      if (batch.length > room) throw error;
      done.push(...batch);
    });
    const thrown = await writing.then(
      () => null,
      (reason: unknown) => reason,
    );
    return { tried, done, thrown };
  }

  it.each(codes)('are written again in halves: %s', async (code) => {
    const { tried, done } = await written(10, 8, 3, tooMuch(code));
    expect(done).toEqual(numbers(10));
    expect(tried).toEqual([8, 4, 2, 2, 2, 2, 2]);
  });

  it.prop([fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.nat(19)])(
    'are all written, once and in their order, if each has room by itself',
    async (rows, batchRows, room) => {
      const { done } = await written(rows, batchRows, room + 1, tooMuch(codes[1] ?? ''));
      expect(done).toEqual(numbers(rows));
    },
  );

  it('end with the error when a single row is too much', async () => {
    const error = tooMuch(codes[0] ?? '');
    const { tried, thrown } = await written(4, 4, 0, error);
    expect([tried, thrown]).toEqual([[4, 2, 1], error]);
  });

  it('are not tried again where something else went wrong', async () => {
    const error = tooMuch('Neo.TransientError.Transaction.DeadlockDetected');
    const { tried, thrown } = await written(4, 4, 0, error);
    expect([tried, thrown]).toEqual([[4], error]);
  });
});
