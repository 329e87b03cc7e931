/** A transaction that takes longer than this holds the lane too long for others. */
const slowMillis = 2000;

/**
 * Hands rows to `write` in batches of at most `batchRows`, one after the other; after a slow batch
 * the next is half as large, after a quick one twice as large again.
 */
export async function inBatches<Row>(
  rows: readonly Row[],
  batchRows: number,
  write: (batch: readonly Row[]) => Promise<void>,
): Promise<void> {
  let size = batchRows;
  for (let begin = 0; begin < rows.length; ) {
    const batch = rows.slice(begin, begin + size);
    const startedAt = performance.now();
    await write(batch);
    begin += batch.length;
    const tookMillis = performance.now() - startedAt;
    if (tookMillis > slowMillis) size = Math.max(1, Math.ceil(size / 2));
    else if (tookMillis < slowMillis / 4) size = Math.min(batchRows, size * 2);
  }
}
