import type { Closing, WindowAccounting } from '../../src/graph/windows.ts';

/** The accounting of a window of which nobody looks at more than how it ended. */
export function accountingOf(outcome: WindowAccounting['outcome']): WindowAccounting {
  return {
    outcome,
    reasons: [],
    dialect: 'tempo',
    dialectVariant: null,
    series: 1,
    nearStart: 1,
    nearEnd: 1,
    cannotTell: 0,
    brokenSeries: 0,
    shards: 1,
    shardsLost: 0,
    splits: 0,
    valuesRead: 1,
    valuesDropped: 0,
    droppedReasons: [],
    droppedCounts: [],
    observations: 1,
    selfCalls: 0,
    notes: [],
    noteCounts: [],
    presenceWarnings: 0,
    otherWarnings: 0,
    unanswered: 0,
    planSeconds: 0,
    readSeconds: 0,
    writeSeconds: 0,
  };
}

/** How a window is closed of which nobody looks at when it is read again. */
export function closingOf(late: boolean): Closing {
  const settle = { configuredMillis: 90_000, intervalMillis: 900_000 };
  return { late, settle, nowMillis: 0, withinMillis: 0 };
}
