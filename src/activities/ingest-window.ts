import { activityInfo } from '@temporalio/activity';
import { normalize } from '../domain/normalize.ts';
import type { WindowOutcome } from '../domain/window-outcome.ts';
import type { WindowAccounting, WindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { IngestMetrics } from '../runtime/ingest-metrics.ts';
import type { Logger } from '../runtime/logger.ts';
import type { WindowReading } from '../sources/read-window.ts';
import type { Source } from '../sources/source.ts';
import type { IngestWindowInput } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';

export interface IngestWindowDeps {
  readonly sourceOf: (id: string) => Source;
  readonly readWindow: (
    source: Source,
    window: IngestWindowInput['window'],
    signal: AbortSignal,
  ) => Promise<WindowReading>;
  readonly windows: WindowRecords;
  readonly metrics: IngestMetrics;
  readonly logger: Logger;
}

/**
 * Reads one window of a source, writes what it shows and records how it ended.
 *
 * A source that rejects the question fails the window, which is recorded: the walk goes on and a
 * re-ingestion mends it. A source that does not answer throws, and nothing of the window is written.
 */
export function createIngestWindow(deps: IngestWindowDeps) {
  return async (input: IngestWindowInput): Promise<{ outcome: WindowOutcome }> => {
    const source = deps.sourceOf(input.source);
    return withHeartbeats(async (report, signal) => {
      const readSince = performance.now();
      report('asking Prometheus');
      const reading = await readOrRejected(() => deps.readWindow(source, input.window, signal));
      const readSeconds = secondsSince(readSince);

      const writeSince = performance.now();
      const key = { source: source.id, run: input.run, window: input.window };
      const { observations } = reading;
      await deps.windows.write(key, observations, (written) => {
        signal.throwIfAborted();
        report(`${written} of ${observations.length} observations written`);
      });
      const accounting: WindowAccounting = {
        outcome: reading.outcome,
        error: reading.error,
        dialect: reading.dialect?.name ?? null,
        dialectVariant: reading.dialect?.variant ?? null,
        series: reading.census.series,
        cannotTell: reading.census.cannotTell,
        brokenSeries: reading.census.broken,
        valuesRead: reading.valuesRead,
        valuesDropped: sum(Object.values(reading.dropped)),
        observations: observations.length,
        selfCalls: reading.selfCalls,
        notes: Object.keys(reading.noted),
        noteCounts: Object.values(reading.noted),
        warnings: reading.warnings.slice(0, 10),
        unanswered: reading.unanswered,
        readSeconds,
        writeSeconds: secondsSince(writeSince),
      };
      signal.throwIfAborted();
      const created = await deps.windows.close(key, accounting, { late: input.late });

      deps.metrics.windowRead(source.id, accounting, reading.dropped, input.window.endMillis);
      deps.metrics.noted(source.id, reading.noted);
      const { workflowExecution } = activityInfo();
      const { notes: _, noteCounts: __, ...counts } = accounting;
      deps.logger.info(
        {
          source: source.id,
          run: input.run,
          workflowId: workflowExecution?.workflowId,
          window: {
            start: new Date(input.window.startMillis).toISOString(),
            end: new Date(input.window.endMillis).toISOString(),
          },
          late: input.late,
          ...counts,
          dropped: reading.dropped,
          noted: reading.noted,
          created,
        },
        'window read',
      );
      return { outcome: accounting.outcome };
    });
  };
}

interface Attempt extends WindowReading {
  readonly error: string | null;
}

async function readOrRejected(read: () => Promise<WindowReading>): Promise<Attempt> {
  try {
    return { ...(await read()), error: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'InvalidMetrics') throw error;
    return { ...nothingRead, error: error.message };
  }
}

const nothingRead: WindowReading = {
  ...normalize([]),
  outcome: 'failed',
  census: { series: 0, nearStart: 0, nearEnd: 0, cannotTell: 0, broken: 0 },
  valuesRead: 0,
  warnings: [],
  dialect: null,
  unanswered: 0,
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const secondsSince = (since: number): number => Math.round(performance.now() - since) / 1000;
