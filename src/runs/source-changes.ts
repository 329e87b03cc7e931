import { settleOf } from '../domain/settle.ts';
import { isAhead, latestSettledEnd } from '../domain/window.ts';
import type { Holdings, SourceRecords, SourceRow } from '../graph/source-records.ts';
import { AppError } from '../runtime/errors.ts';
import type { Source } from '../sources/source.ts';
import { latestExecution, openStates } from './executions.ts';
import { removeSchedule, whilePaused } from './schedules.ts';
import { inTemporal, type Temporal } from './temporal.ts';

/** A source of the configuration, of the graph, or of both. */
export interface ListedSource {
  readonly id: string;
  /** `gone`: the graph has data of it, and it is no longer configured. */
  readonly state: 'configured' | 'gone';
  /** `null` for one that is gone. */
  readonly url: string | null;
  readonly dialect: string | null;
  readonly frontierMillis: number | null;
  readonly lastCompleteWindowEndMillis: number | null;
  /** How long its windows settle, as configured and as it is; `null` for one that is gone. */
  readonly settle: { readonly configuredMillis: number; readonly millis: number } | null;
}

export interface SourceChangesDeps {
  readonly temporal: Temporal;
  readonly sources: readonly Source[];
  readonly records: SourceRecords;
  readonly now: () => number;
}

/** What a person may do about sources that are no longer configured. */
export interface SourceChanges {
  list(): Promise<ListedSource[]>;
  /**
   * What retiring a source would remove.
   *
   * @throws AppError `UnknownSource`, or `InvalidRequest` where it is configured or being read.
   */
  holdings(id: string): Promise<Holdings>;
  /** Removes the source's schedule, evidence, windows and record; refuses what `holdings` refuses. */
  retire(id: string, onBatch: (done: number) => void): Promise<void>;
  /**
   * Gives all of a source that is gone to a configured one that was never read.
   *
   * @throws AppError `UnknownSource`, or `InvalidRequest` where either is not so or is being read.
   */
  rename(from: string, to: string, onBatch: (done: number) => void): Promise<void>;
  /**
   * Sets a source whose frontier lies in the future back to the end of the last complete window of
   * the past, from where it is read on, and says which that is, in epoch milliseconds.
   *
   * @throws AppError `UnknownSource`, or `InvalidRequest` where it is not so or is being read.
   */
  rewind(id: string, onBatch: (done: number) => void): Promise<number>;
}

export function createSourceChanges(deps: SourceChangesDeps): SourceChanges {
  const { temporal, sources, records } = deps;

  async function refuseUnlessGone(id: string): Promise<void> {
    if (sources.some((source) => source.id === id)) {
      throw refused(`Source ${id} is configured: take it out of the configuration first.`);
    }
    const known = await records.list();
    if (!known.some((source) => source.id === id)) {
      throw new AppError('UnknownSource', `The graph knows no source "${id}".`);
    }
    await refuseWhileRead(id);
  }

  /** The record names every run but an actor that found nothing to read yet. */
  async function refuseWhileRead(id: string): Promise<void> {
    const runs = await records.runningRuns(id);
    for (const workflowId of new Set([`ingest/${id}`, ...runs.map((run) => run.workflowId)])) {
      const execution = await inTemporal(temporal, () => latestExecution(temporal, workflowId));
      if (execution === null || !openStates.includes(execution.status)) continue;
      throw refused(`Source ${id} is being read by ${workflowId}: wait for its end, or cancel it.`);
    }
  }

  async function refuseUnlessUnread(id: string): Promise<void> {
    if (!sources.some((source) => source.id === id)) {
      throw refused(`Source ${id} is not configured: put it into the configuration first.`);
    }
    const known = (await records.list()).find((one) => one.id === id);
    if (known !== undefined && known.frontierMillis !== null) {
      const until = new Date(known.frontierMillis).toISOString();
      throw refused(
        `Source ${id} has been read up to ${until}; only one that was never read takes the data of another.`,
      );
    }
  }

  return {
    list: async () => listed(sources, await records.list()),

    async holdings(id) {
      await refuseUnlessGone(id);
      return records.holdings(id);
    },

    async retire(id, onBatch) {
      await refuseUnlessGone(id);
      await removeSchedule(temporal, id);
      // Its last tick may have woken the actor meanwhile.
      await refuseWhileRead(id);
      await records.retire(id, deps.now(), onBatch);
    },

    async rename(from, to, onBatch) {
      await refuseUnlessGone(from);
      await refuseUnlessUnread(to);
      await removeSchedule(temporal, from);
      await whilePaused(temporal, to, async () => {
        await refuseWhileRead(from);
        await refuseWhileRead(to);
        await refuseUnlessUnread(to);
        await records.rename(from, to, onBatch);
      });
    },

    async rewind(id, onBatch) {
      const source = sources.find((one) => one.id === id);
      if (source === undefined) {
        throw new AppError('UnknownSource', `No source "${id}" is configured.`);
      }
      const known = (await records.list()).find((one) => one.id === id);
      const frontierMillis = known?.frontierMillis ?? null;
      const nowMillis = deps.now();
      if (!isAhead(frontierMillis, nowMillis)) {
        const until = frontierMillis === null ? 'never' : new Date(frontierMillis).toISOString();
        throw refused(`Source ${id} was not read ahead of the present (read until: ${until}).`);
      }
      const settled = latestSettledEnd(nowMillis, source);
      return whilePaused(temporal, id, async () => {
        await refuseWhileRead(id);
        return records.rewind(id, settled, onBatch);
      });
    },
  };
}

function listed(sources: readonly Source[], known: readonly SourceRow[]): ListedSource[] {
  const rows = new Map(known.map((row) => [row.id, row]));
  const configured = sources.map(({ id, url, dialect, ...source }): ListedSource => {
    const row = rows.get(id);
    const { intervalMillis, settleMillis: configuredMillis } = source;
    const millis = settleOf(row?.settleMillis ?? null, { configuredMillis, intervalMillis });
    return {
      id,
      state: 'configured',
      url,
      dialect,
      frontierMillis: row?.frontierMillis ?? null,
      lastCompleteWindowEndMillis: row?.lastCompleteWindowEndMillis ?? null,
      settle: { configuredMillis, millis },
    };
  });
  const ids = new Set(sources.map(({ id }) => id));
  const gone = known.filter(({ id }) => !ids.has(id));
  return [
    ...configured,
    ...gone.map(({ id, dialect, frontierMillis, lastCompleteWindowEndMillis }): ListedSource => {
      const progress = { frontierMillis, lastCompleteWindowEndMillis };
      return { id, state: 'gone', url: null, dialect, ...progress, settle: null };
    }),
  ];
}

function refused(message: string): AppError {
  return new AppError('InvalidRequest', message);
}
