/** How reading a window ended. */
export const windowOutcomes = ['complete', 'partial', 'suspicious', 'failed'] as const;
export type WindowOutcome = (typeof windowOutcomes)[number];

/** Why a window is not complete; it may have several reasons. */
export const windowReasons = [
  /** The questions by which the window is planned were refused. */
  'planRejected',
  /** Part of it was refused, and could be cut no further. */
  'shardLost',
  /** A question that decides which pairs are seen was answered with a warning. */
  'warnings',
  /** A producer that was there before is not, and something that it showed nobody else shows. */
  'producerMissing',
  'noSamplesNearStart',
  'noSamplesNearEnd',
  /** Far fewer series than the windows before had. */
  'fewSeries',
  /** A producer ran out of room, so that any pair may have been in what it did not name. */
  'overflow',
] as const;
export type WindowReason = (typeof windowReasons)[number];

/** How many series a source had in a window, and near both its ends. */
export interface Census {
  /** Series with a sample anywhere in the window. */
  readonly series: number;
  /** Series with a sample near the window's start: see `takeCensus` for how near. */
  readonly nearStart: number;
  /** Series with a sample near the window's end. */
  readonly nearEnd: number;
}

/** What is known of a window when all of it was asked. */
export interface WindowFindings extends Census {
  readonly planRejected: boolean;
  readonly shards: number;
  readonly shardsLost: number;
  readonly shardsRead: number;
  readonly presenceWarnings: number;
  /** Requests of which a producer did not say whose they are. */
  readonly overflowRequests?: number;
  /** Producers that were there before and are not; left out, none. */
  readonly missingProducers?: number;
  /** The median of the series of the windows in the day before; `null` where there were none. */
  readonly usualSeries: number | null;
}

export interface WindowVerdict {
  readonly outcome: WindowOutcome;
  /** Empty for a complete window. */
  readonly reasons: readonly WindowReason[];
}

/** Below so many series a usual number says nothing: one deployment may halve it. */
const tellingSeries = 50;

/**
 * Whether a window can be relied upon for what it does not show.
 *
 * Prometheus answers 200, empty and without warning inside a gap in its data, so samples near both
 * ends, and about as many series as usual, are what tells "nothing happened" from "nobody looked".
 */
export function judgeWindow(found: WindowFindings, suspiciousSeriesRatio: number): WindowVerdict {
  const { planRejected, shards, shardsLost, shardsRead, presenceWarnings } = found;
  if (planRejected) return { outcome: 'failed', reasons: ['planRejected'] };
  const doubts: WindowReason[] = [];
  if (found.nearStart === 0) doubts.push('noSamplesNearStart');
  if (found.nearEnd === 0) doubts.push('noSamplesNearEnd');
  const { series, usualSeries } = found;
  const few = usualSeries !== null && series < suspiciousSeriesRatio * usualSeries;
  if (few && usualSeries >= tellingSeries) doubts.push('fewSeries');
  const gaps: WindowReason[] = [];
  // Series that no shard was made of were not read either.
  if (shardsLost > 0 || (shards === 0 && series > 0)) gaps.push('shardLost');
  if (presenceWarnings > 0) gaps.push('warnings');
  if ((found.overflowRequests ?? 0) > 0) gaps.push('overflow');
  if ((found.missingProducers ?? 0) > 0) gaps.push('producerMissing');
  const reasons = [...gaps, ...doubts];
  if (shards > 0 && shardsRead === 0) return { outcome: 'failed', reasons };
  if (gaps.length > 0) return { outcome: 'partial', reasons };
  return { outcome: doubts.length > 0 ? 'suspicious' : 'complete', reasons };
}

/**
 * Whether a window's time counts as looked at.
 *
 * Beside complete ones that is so where only producers are missing and the evidence of what they
 * showed says so: of all else the window shows whether it was there.
 */
export function isLookedAt(
  { outcome, reasons }: WindowVerdict,
  unmarkedProducers: number,
): boolean {
  if (outcome === 'complete') return true;
  const areAllMissing = reasons.every((reason) => reason === 'producerMissing');
  return outcome === 'partial' && areAllMissing && unmarkedProducers === 0;
}
