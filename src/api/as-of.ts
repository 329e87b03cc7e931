import type { Queries } from '../graph/queries.ts';
import type { At } from '../graph/resolve-service.ts';
import { AppError } from '../runtime/errors.ts';
import { instantWithin, isNow, type Moment } from '../runtime/instant.ts';
import { tickOf } from './answer-clock.ts';

interface AsOfDeps {
  readonly queries: Pick<Queries, 'historyFrom'>;
  readonly now: () => number;
}

/**
 * The instant that was asked for, in epoch milliseconds; what is so long ago, by the minute.
 *
 * @throws AppError `InvalidRange` for one so long ago that no date says it.
 */
export function instantOf(moment: Moment, nowMillis: number): number {
  return instantWithin(
    'atMillis' in moment ? moment.atMillis : tickOf(nowMillis) - moment.agoMillis,
  );
}

/** The end of a period that was asked for; one that ends now is open, since nothing is later. */
export function endOf(moment: Moment | undefined, nowMillis: number): number | undefined {
  return moment === undefined || isNow(moment) ? undefined : instantOf(moment, nowMillis);
}

/** The begin of a period that was asked for; `undefined` for one without. */
export function beginOf(moment: Moment | undefined, nowMillis: number): number | undefined {
  return moment === undefined ? undefined : instantOf(moment, nowMillis);
}

/**
 * The instant at which the graph is asked about; `null` for the present.
 *
 * @throws AppError `InvalidRange` for the future, and for what was forgotten.
 */
export async function asOf(moment: Moment | undefined, deps: AsOfDeps): Promise<At> {
  if (moment === undefined || isNow(moment)) return null;
  const now = deps.now();
  const at = instantOf(moment, now);
  if (at > now) {
    throw new AppError('InvalidRange', `${iso(at)} has not come yet; it is ${iso(now)} now.`);
  }
  const from = await deps.queries.historyFrom();
  if (from !== null && at < from) {
    throw new AppError(
      'InvalidRange',
      `The graph is kept from ${iso(from)} on (HISTORY_RETENTION_DAYS); ask for that or later.`,
    );
  }
  return at;
}

const iso = (millis: number): string => new Date(millis).toISOString();
