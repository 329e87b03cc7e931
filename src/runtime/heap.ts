import { setFlagsFromString } from 'node:v8';

/**
 * Has the garbage collector run before the heap is much larger than what it holds.
 *
 * Left alone it lets the heap of a worker grow to several times that: reading a window makes much
 * garbage, and little of it stays.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=40');
}
