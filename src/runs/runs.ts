import type { RunFilter, RunPosition, RunRow } from '../graph/runs.ts';

/** What is said with any request for a run. */
interface Asked {
  /** Of the HTTP request, so that the logs of API and worker can be put side by side. */
  readonly requestId?: string;
  /** Where the request must not be done twice: what it is remembered under, and a digest of it. */
  readonly once?: { readonly key: string; readonly body: string };
}

/** Read a source, or a range of it; times in epoch milliseconds. */
export interface IngestRequest extends Asked {
  /** What is meant where no kind is named. */
  readonly kind?: 'ingest';
  /** May be left out where only one source is configured. */
  readonly source?: string;
  readonly fromMillis?: number;
  readonly toMillis?: number;
}

/** Read the past of a source that was never read, up to the present. */
export interface BackfillRequest extends Asked {
  readonly kind: 'backfill';
  readonly source?: string;
  readonly fromMillis: number;
}

/** Mark what was long looked for and not seen, of all sources. */
export interface MarkStaleRequest extends Asked {
  readonly kind: 'markStale';
  /** At which instant it is judged; now, if not said. */
  readonly nowMillis?: number;
  /** Whether so much may be marked that the source is more likely at fault. */
  readonly override?: boolean;
}

/** Forget the history that ended before the retention. */
export interface PruneRequest extends Asked {
  readonly kind: 'prune';
}

/** What `POST /api/v1/runs` and the command line ask for. */
export type RunRequest = IngestRequest | BackfillRequest | MarkStaleRequest | PruneRequest;

/** A run that was asked for; `joined` where it had been started before. */
export interface StartedRun {
  readonly run: RunRow;
  readonly joined: boolean;
}

/** Starts and shows runs. */
export interface Runs {
  /**
   * Starts what is asked for, or joins the run that is doing it already.
   *
   * @throws AppError `UnknownSource`, `InvalidRange` (says which range would do), `RunUnderWay` where
   * another must end first, `IdempotencyKeyReused`; `TemporalUnavailable` or `GraphUnavailable` where
   * nothing was started, `RunNotConfirmed` where that is not known.
   */
  start(request: RunRequest): Promise<StartedRun>;
  /** @throws AppError `RunNotFound`. */
  find(id: string): Promise<RunRow>;
  /** A page of runs, the newest first; `hasMore` says whether another follows. */
  page(
    filter: RunFilter,
    before: RunPosition | null,
    limit: number,
  ): Promise<{ readonly runs: readonly RunRow[]; readonly hasMore: boolean }>;
}
