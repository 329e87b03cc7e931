// Imported by workflows: arithmetic only, no zod, no clock.

import type { Window } from './window.ts';
import type { WindowOutcome, WindowVerdict } from './window-outcome.ts';

/** So often a window is read again by itself; one that was refused whole, once. */
const mostRereads = 4;
const mostOfFailed = 1;
/** The waits before each of them, in lengths of the window: 1, 4, 16 and 64. */
const waitFactor = 4;

/** Whether reading a window again can show no more: it is whole, or its producer named no more. */
export function isSettled({ reasons }: Pick<WindowVerdict, 'reasons'>): boolean {
  return reasons.every((reason) => reason === 'overflow');
}

/** What decides whether a window is read again by itself. */
export interface RereadState {
  readonly window: Window;
  readonly outcome: WindowOutcome;
  /** Whether samples came for it after it was read. */
  readonly isLate: boolean;
  /** How often it was read again by itself. */
  readonly rereads: number;
}

/** Windows that ended longer ago are not read again by themselves; 0 where none is. */
export interface RereadBound {
  readonly nowMillis: number;
  readonly withinMillis: number;
}

/**
 * When a window that was just read is read again by itself, in epoch milliseconds; `null` where it is not.
 *
 * One that is whole is not. What a window lacks may come in a minute or in half a day, so the waits
 * grow: all four together are 85 windows, which is 21 hours of windows of a quarter of an hour.
 */
export function nextReread(state: RereadState, bound: RereadBound): number | null {
  const { startMillis, endMillis } = state.window;
  const waitMillis = (endMillis - startMillis) * waitFactor ** state.rereads;
  return within(state, bound, bound.nowMillis + waitMillis);
}

/**
 * The same of a window for which samples were seen to have come: at once, because they are there.
 */
export function rereadOfLate(
  state: Omit<RereadState, 'isLate'>,
  bound: RereadBound,
): number | null {
  return within({ ...state, isLate: true }, bound, bound.nowMillis);
}

function within(state: RereadState, { withinMillis }: RereadBound, dueMillis: number) {
  const { outcome, isLate, rereads, window } = state;
  if (outcome === 'complete' && !isLate) return null;
  const most = outcome === 'failed' ? mostOfFailed : mostRereads;
  return rereads < most && dueMillis - window.endMillis <= withinMillis ? dueMillis : null;
}

/** What the counters of a source came to at both ends of a window, and how that was asked. */
export interface WindowSums {
  readonly opening: number;
  readonly closing: number;
  /** Sums with another id are of something else. */
  readonly sumsId: string;
}

/**
 * Counts below 2^53 add up exactly in any order; fractions differ by so much at most, relative to the
 * sum, in whatever order servers add them.
 */
const rounding = 1e-12;

function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > rounding * Math.max(Math.abs(a), Math.abs(b));
}

/**
 * Of the neighbours of a window that was just read those that were read before all samples of it,
 * or of them, had come.
 *
 * The sum at the end of one window is the sum at the start of the next, unless samples came in between:
 * then what the counters gained lies in neither, or in both. Where reading the window again showed
 * the same as before, nothing came, and the server has two answers to one question: that is left alone.
 * Sums of neighbours that were asked for otherwise must not be given.
 */
export function outdatedBy<
  Before extends Pick<WindowSums, 'closing'>,
  After extends Pick<WindowSums, 'opening'>,
>(
  sums: WindowSums,
  earlier: WindowSums | null,
  before: readonly Before[],
  after: readonly After[],
): (Before | After)[] {
  const { opening, closing } = sums;
  const known = earlier?.sumsId === sums.sumsId ? earlier : null;
  const opensAnew = known === null || differ(known.opening, opening);
  const closesAnew = known === null || differ(known.closing, closing);
  return [
    ...(opensAnew ? before.filter((one) => differ(one.closing, opening)) : []),
    ...(closesAnew ? after.filter((one) => differ(one.opening, closing)) : []),
  ];
}

/** Whether reading a window again showed samples at its end that were not there before. */
export function cameLate(sums: WindowSums, earlier: WindowSums | null): boolean {
  return earlier?.sumsId === sums.sumsId && differ(earlier.closing, sums.closing);
}
