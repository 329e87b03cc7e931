import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is true. Never longer than the bound.
 *
 * @param {() => Promise<boolean> | boolean} condition a rejection counts as "not yet"
 * @param {{ timeoutMs: number, everyMs?: number, signal?: AbortSignal }} options
 * @returns {Promise<boolean>} whether it became true
 */
export async function waitUntil(condition, { timeoutMs, everyMs = 100, signal }) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (signal?.aborted) return false;
    const met = await Promise.resolve()
      .then(condition)
      .catch(() => false);
    if (met) return true;
    if (performance.now() >= deadline) return false;
    await sleep(everyMs);
  }
}

/**
 * A promise's value, or undefined when it takes too long. Leaves no timer behind.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {number} timeoutMs
 * @returns {Promise<T | undefined>}
 */
export async function within(promise, timeoutMs) {
  const timer = new AbortController();
  try {
    return await Promise.race([
      promise,
      sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
  } finally {
    timer.abort();
  }
}
