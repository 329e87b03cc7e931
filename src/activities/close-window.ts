import { activityInfo } from '@temporalio/activity';
import { settleOf } from '../domain/settle.ts';
import { isLookedAt, judgeWindow, type WindowOutcome } from '../domain/window-outcome.ts';
import { addCounts } from '../domain/window-totals.ts';
import type { WindowAccounting, WindowRecords } from '../graph/windows.ts';
import type { IngestMetrics } from '../runtime/ingest-metrics.ts';
import type { Logger } from '../runtime/logger.ts';
import type { SourceReaders } from '../sources/readers.ts';
import type { CloseWindowInput } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';

export interface CloseWindowDeps extends Pick<SourceReaders, 'sourceOf'> {
  /** Windows that ended longer ago are not read again by themselves. */
  readonly rereadWithinMillis: number;
  readonly windows: Pick<WindowRecords, 'close' | 'usualSeries'>;
  readonly suspiciousSeriesRatio: number;
  readonly metrics: IngestMetrics;
  readonly logger: Logger;
}

/** Judges a window all of whose shards are in, records it, counts it, and says so in one line. */
export function createCloseWindow(deps: CloseWindowDeps) {
  return async (input: CloseWindowInput): Promise<{ outcome: WindowOutcome }> => {
    const { source, run, window, late, totals, requestId } = input;
    const named = { dropped: totals.dropped, noted: allNoted(input) };
    const usualSeries = await deps.windows.usualSeries(source, window);
    const accounting = accountingOf(input, usualSeries, deps.suspiciousSeriesRatio);
    const { intervalMillis, settleMillis: configuredMillis } = deps.sourceOf(source);
    const closing = {
      late,
      nowMillis: input.nowMillis ?? window.endMillis,
      withinMillis: input.nowMillis === undefined ? 0 : deps.rereadWithinMillis,
      settle: { configuredMillis, intervalMillis },
    };
    const closed = await withHeartbeats(async (_, signal) => {
      signal.throwIfAborted();
      const lookedAt = isLookedAt(accounting, input.planned.unmarkedProducers ?? 0);
      return deps.windows.close({ source, run, window }, accounting, { ...closing, lookedAt });
    });
    const { created, error, warnings, outdatedWindows, settleLearnt } = closed;

    deps.metrics.windowRead(source, { ...accounting, ...named }, window.endMillis);
    const { droppedReasons, droppedCounts, notes, noteCounts, ...counts } = accounting;
    deps.logger.info(
      {
        source,
        run,
        workflowId: activityInfo().workflowExecution?.workflowId,
        requestId,
        window: {
          start: new Date(window.startMillis).toISOString(),
          end: new Date(window.endMillis).toISOString(),
        },
        late,
        ...counts,
        usualSeries,
        producers: input.planned.producers,
        missingProducers: input.planned.missingProducers,
        ...named,
        created,
        error,
        warnings,
        outdatedWindows,
      },
      'window read',
    );
    if (settleLearnt !== null) {
      const settleSeconds = settleOf(settleLearnt.settleMillis, closing.settle) / 1000;
      const configuredSeconds = configuredMillis / 1000;
      const how = closed.wasLate
        ? 'samples came late, so that windows settle longer'
        : 'windows settle shorter again';
      deps.logger.warn({ source, settleSeconds, configuredSeconds }, how);
    }
    return { outcome: accounting.outcome };
  };
}

function accountingOf(
  input: CloseWindowInput,
  usualSeries: number | null,
  suspiciousSeriesRatio: number,
): WindowAccounting {
  const { planned, totals } = input;
  const { series, nearStart, nearEnd, dialect, dialectVariant, planSeconds } = planned;
  const presenceWarnings = planned.presenceWarnings + totals.presenceWarnings;
  const census = { series, nearStart, nearEnd };
  const dropped = Object.entries(totals.dropped).sort(([a], [b]) => (a < b ? -1 : 1));
  const noted = Object.entries(allNoted(input)).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = {
    ...census,
    planRejected: planned.rejected,
    shards: planned.shards,
    shardsLost: totals.shardsLost,
    shardsRead: totals.shardsRead,
    presenceWarnings,
    overflowRequests: totals.noted.overflowRequests ?? 0,
    missingProducers: planned.missingProducers ?? 0,
    usualSeries,
  };
  return {
    ...judgeWindow(found, suspiciousSeriesRatio),
    ...census,
    dialect,
    dialectVariant,
    cannotTell: totals.cannotTell,
    brokenSeries: totals.brokenSeries,
    shards: planned.shards,
    shardsLost: totals.shardsLost,
    splits: totals.splits,
    valuesRead: totals.valuesRead,
    valuesDropped: dropped.reduce((sum, [, count]) => sum + count, 0),
    droppedReasons: dropped.map(([reason]) => reason),
    droppedCounts: dropped.map(([, count]) => count),
    observations: totals.observations,
    selfCalls: totals.selfCalls,
    notes: noted.map(([note]) => note),
    noteCounts: noted.map(([, count]) => count),
    presenceWarnings,
    otherWarnings: planned.otherWarnings + totals.otherWarnings,
    unanswered: totals.unanswered,
    planSeconds,
    readSeconds: inMilliseconds(totals.readSeconds),
    writeSeconds: inMilliseconds(totals.writeSeconds),
  };
}

/** What is odd about observations, and what the window has besides them. */
function allNoted({ planned, totals }: CloseWindowInput): Readonly<Record<string, number>> {
  return addCounts(totals.noted, { notRead: planned.notRead ?? 0 });
}

/** Sums of seconds, without what adding fractions leaves behind. */
const inMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;
