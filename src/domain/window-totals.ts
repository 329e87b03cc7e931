// Imported by workflows: arithmetic only, no zod, no clock.

/** What reading one shard came to; numbers only, because it passes through a workflow's history. */
export interface ShardAccounting {
  /** Parts that were read and written; one, unless the shard had to be cut further. */
  readonly partsRead: number;
  /** Parts that were refused although they could be cut no further. */
  readonly partsLost: number;
  /** How often a part was cut because it was too much for the source. */
  readonly splits: number;
  readonly observations: number;
  readonly selfCalls: number;
  /** Observations by what is odd about them; what did not occur is left out. */
  readonly noted: Readonly<Record<string, number>>;
  readonly valuesRead: number;
  /** Values by the reason they were dropped for; reasons that did not occur are left out. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Series whose first value may be of the window or of any time before, and is not counted. */
  readonly cannotTell: number;
  /** Series whose last value is no count (NaN, infinite, negative); they are left out. */
  readonly brokenSeries: number;
  /** Warnings on questions that decide which pairs are seen. */
  readonly presenceWarnings: number;
  /** Warnings on all other questions. */
  readonly otherWarnings: number;
  /** Questions that the window is whole without, and that were not answered whole. */
  readonly unanswered: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
}

/** The shards of a window, added up. */
export interface WindowTotals extends ShardAccounting {
  readonly shards: number;
  /** Shards of which a part was lost. */
  readonly shardsLost: number;
  /** Shards of which a part was read. */
  readonly shardsRead: number;
}

export const noTotals: WindowTotals = {
  partsRead: 0,
  partsLost: 0,
  splits: 0,
  observations: 0,
  selfCalls: 0,
  noted: {},
  valuesRead: 0,
  dropped: {},
  cannotTell: 0,
  brokenSeries: 0,
  presenceWarnings: 0,
  otherWarnings: 0,
  unanswered: 0,
  readSeconds: 0,
  writeSeconds: 0,
  shards: 0,
  shardsLost: 0,
  shardsRead: 0,
};

/** Adds a shard to those before it; the order of the shards does not matter. */
export function addShard(totals: WindowTotals, shard: ShardAccounting): WindowTotals {
  return {
    partsRead: totals.partsRead + shard.partsRead,
    partsLost: totals.partsLost + shard.partsLost,
    splits: totals.splits + shard.splits,
    observations: totals.observations + shard.observations,
    selfCalls: totals.selfCalls + shard.selfCalls,
    noted: addCounts(totals.noted, shard.noted),
    valuesRead: totals.valuesRead + shard.valuesRead,
    dropped: addCounts(totals.dropped, shard.dropped),
    cannotTell: totals.cannotTell + shard.cannotTell,
    brokenSeries: totals.brokenSeries + shard.brokenSeries,
    presenceWarnings: totals.presenceWarnings + shard.presenceWarnings,
    otherWarnings: totals.otherWarnings + shard.otherWarnings,
    unanswered: totals.unanswered + shard.unanswered,
    readSeconds: totals.readSeconds + shard.readSeconds,
    writeSeconds: totals.writeSeconds + shard.writeSeconds,
    shards: totals.shards + 1,
    shardsLost: totals.shardsLost + (shard.partsLost > 0 ? 1 : 0),
    shardsRead: totals.shardsRead + (shard.partsRead > 0 ? 1 : 0),
  };
}

type Counts = Readonly<Record<string, number>>;

/** Adds counts by their names; those that are 0 are left out. */
export function addCounts(left: Counts, right: Counts): Counts {
  const sums: Record<string, number> = { ...left };
  for (const [name, count] of Object.entries(right)) {
    if (count > 0) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}
