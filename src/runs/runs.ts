import type { RunFilter, RunPosition, RunRow } from '../graph/runs.ts';

/** What `POST /api/v1/runs` and `topolog ingest` ask for; times in epoch milliseconds. */
export interface RunRequest {
  /** May be left out where only one source is configured. */
  readonly source?: string;
  readonly fromMillis?: number;
  readonly toMillis?: number;
  /** Of the HTTP request, so that the logs of API and worker can be put side by side. */
  readonly requestId?: string;
}

/** Starts and shows runs. */
export interface Runs {
  /**
   * Starts reading a source, or joins the walk that is already reading it.
   *
   * @throws AppError `UnknownSource`, `InvalidRange` (says which range would do) or `TemporalUnavailable`.
   */
  start(request: RunRequest): Promise<{ readonly run: RunRow; readonly joined: boolean }>;
  /** @throws AppError `RunNotFound`. */
  find(id: string): Promise<RunRow>;
  /** A page of runs, the newest first; `hasMore` says whether another follows. */
  page(
    filter: RunFilter,
    before: RunPosition | null,
    limit: number,
  ): Promise<{ readonly runs: readonly RunRow[]; readonly hasMore: boolean }>;
}
