import { isOutOfMemory } from './database.ts';

/** A transaction that takes longer than this holds the lane too long for others. */
const slowMillis = 2000;

/**
 * Hands rows to `write` in batches of at most `batchRows`, one after the other; after a slow batch
 * the next is half as large, after a quick one twice as large again.
 *
 * A batch that the database has no memory for is written again in halves, down to single rows.
 */
export async function inBatches<Row>(
  rows: readonly Row[],
  batchRows: number,
  write: (batch: readonly Row[]) => Promise<void>,
): Promise<void> {
  let size = batchRows;
  let most = batchRows;
  for (let begin = 0; begin < rows.length; ) {
    const batch = rows.slice(begin, begin + size);
    const startedAt = performance.now();
    try {
      await write(batch);
    } catch (error) {
      if (batch.length === 1 || !isOutOfMemory(error)) throw error;
      size = Math.ceil(batch.length / 2);
      // What was too large once is too large again: nothing grows back to it.
      most = size;
      continue;
    }
    begin += batch.length;
    const tookMillis = performance.now() - startedAt;
    if (tookMillis > slowMillis) size = Math.max(1, Math.ceil(size / 2));
    else if (tookMillis < slowMillis / 4) size = Math.min(most, size * 2);
  }
}
