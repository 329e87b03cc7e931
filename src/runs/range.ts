import { floorToGrid, latestSettledEnd } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import type { Source } from '../sources/source.ts';
import type { BackfillRequest, IngestRequest } from './runs.ts';

/** What a request comes to: a walk of the source's actor, or windows read again, late. */
export type Plan =
  | { readonly kind: 'walk'; readonly fromMillis?: number; readonly toMillis?: number }
  | { readonly kind: 'reingest'; readonly fromMillis: number; readonly toMillis: number };

/** What a plan depends on. */
export interface Situation {
  /** `null` when the source was never read. */
  readonly frontierMillis: number | null;
  /** Whether the source's actor is walking. */
  readonly walking: boolean;
  readonly nowMillis: number;
}

/** Most windows one run may be asked for; about four years of 15-minute windows. */
const maxWindows = 140_000;

/**
 * Decides what a request means; nothing asked for is silently ignored.
 *
 * A range is widened to whole windows. On a source that was never read `from` sets the frontier and
 * `to` stops the walk. While the actor walks, or where the source has been read, a range with `from`
 * is read again, late.
 *
 * @throws AppError `InvalidRange`, whose message says which range would do.
 */
export function planRun(
  request: IngestRequest | BackfillRequest,
  source: Source,
  situation: Situation,
): Plan {
  const { intervalMillis } = source;
  const { fromMillis } = request;
  const toMillis = request.kind === 'backfill' ? undefined : request.toMillis;
  if (fromMillis !== undefined && toMillis !== undefined && fromMillis >= toMillis) {
    throw invalid(`from must be earlier than ${iso(toMillis)}.`);
  }
  const settled = latestSettledEnd(situation.nowMillis, source);
  const from = fromMillis === undefined ? undefined : floorToGrid(fromMillis, intervalMillis);
  const to = toMillis === undefined ? undefined : -floorToGrid(-toMillis, intervalMillis);

  if (to !== undefined && to > settled) {
    throw invalid(`to must not be later than ${iso(settled)}, the latest window that has settled.`);
  }
  if (from !== undefined && from >= (to ?? settled)) {
    throw invalid(`from must be earlier than ${iso(to ?? settled)}.`);
  }

  if (from !== undefined && ((to ?? settled) - from) / intervalMillis > maxWindows) {
    throw invalid(`The range has more than ${maxWindows} windows; ask for a shorter one.`);
  }

  const { frontierMillis, walking } = situation;
  const bounds = {
    ...(from === undefined ? {} : { fromMillis: from }),
    ...(to === undefined ? {} : { toMillis: to }),
  };
  if (from === undefined && to === undefined) return { kind: 'walk' };
  if (frontierMillis === null && !walking) return { kind: 'walk', ...bounds };
  if (from === undefined && !walking && frontierMillis !== null && to !== undefined) {
    if (to > frontierMillis) return { kind: 'walk', toMillis: to };
    throw invalid(
      `Source ${source.id} has been read up to ${iso(frontierMillis)}; give from as well to read windows before it again.`,
    );
  }
  return reingestion(from ?? frontierMillis, to ?? settled, source);
}

function reingestion(from: number | null, to: number, source: Source): Plan {
  if (from === null || from >= to) {
    throw invalid(
      `Source ${source.id} is being read right now; give from as well, earlier than ${iso(to)}.`,
    );
  }
  return { kind: 'reingest', fromMillis: from, toMillis: to };
}

const iso = (millis: number): string => new Date(millis).toISOString();
const invalid = (message: string): AppError => new AppError('InvalidRange', message);
