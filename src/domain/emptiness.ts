import { latestSettledEnd } from './window.ts';

/** Why an answer has nothing in it; the first that holds. */
export const emptyReasons = [
  'noSource',
  'notReadYet',
  'beforeFirstWindow',
  'nothingSeen',
  'noMatch',
] as const;
export type EmptyReason = (typeof emptyReasons)[number];

/** Why an answer has nothing in it, for programs and for people. */
export interface Emptiness {
  readonly reason: EmptyReason;
  /** The same in a sentence that says what helps. */
  readonly detail: string;
  /** When the first window is due, in epoch milliseconds; `null` where one was read, or that is not known. */
  readonly expectedAtMillis: number | null;
}

/** What is known of how one source begins; in epoch milliseconds. */
export interface SourceBeginning {
  /** End of its first window of which anything was read; `null` where there is none. */
  readonly firstReadEndMillis: number | null;
  readonly intervalMillis: number | null;
  readonly settleMillis: number | null;
}

/** What was asked for and not found. */
export interface AskedInVain {
  /** The instant; `null` for the present. */
  readonly atMillis: number | null;
  /** Whether less than all there is was asked for. */
  readonly isFiltered: boolean;
}

/** Says why nothing was found. */
export function whyEmpty(
  sources: readonly SourceBeginning[],
  { atMillis, isFiltered }: AskedInVain,
  nowMillis: number,
): Emptiness {
  if (sources.length === 0) return noSource;
  const firstMillis = least(sources.map(({ firstReadEndMillis }) => firstReadEndMillis));
  if (firstMillis === null) {
    const expectedAtMillis = least(sources.map((source) => nextReadOf(source, nowMillis)));
    const when = expectedAtMillis === null ? '' : `; the first is due at ${iso(expectedAtMillis)}`;
    const detail = `No window has been read yet${when}. "topolog doctor" says whether anything is in its way.`;
    return { reason: 'notReadYet', detail, expectedAtMillis };
  }
  if (atMillis !== null && atMillis < firstMillis) {
    const detail = `Nothing had been read by ${iso(atMillis)}: the first window ended at ${iso(firstMillis)}.`;
    return { reason: 'beforeFirstWindow', detail, expectedAtMillis: null };
  }
  return isFiltered ? noMatch : nothingSeen;
}

const noSource: Emptiness = {
  reason: 'noSource',
  detail:
    'There is no source to read: set PROMETHEUS_URL or TOPOLOG_SOURCES_FILE and run "topolog migrate".',
  expectedAtMillis: null,
};
const nothingSeen: Emptiness = {
  reason: 'nothingSeen',
  detail:
    'Windows have been read and showed none. "topolog doctor" says whether the sources have service-graph metrics.',
  expectedAtMillis: null,
};
/** There may be others, and none that was asked for. */
export const noMatch: Emptiness = {
  reason: 'noMatch',
  detail: 'Nothing is as it was asked for: ask for less in particular, or for another time.',
  expectedAtMillis: null,
};

/** When the schedule of a source wakes it next. */
function nextReadOf(source: SourceBeginning, nowMillis: number): number | null {
  const { intervalMillis, settleMillis } = source;
  if (intervalMillis === null || settleMillis === null) return null;
  return (
    latestSettledEnd(nowMillis, { intervalMillis, settleMillis }) + intervalMillis + settleMillis
  );
}

function least(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}

const iso = (millis: number): string => new Date(millis).toISOString();
