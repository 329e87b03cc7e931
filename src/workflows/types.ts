import type { Window } from '../domain/window.ts';
import type { Census, WindowOutcome } from '../domain/window-outcome.ts';
import type { ShardAccounting, WindowTotals } from '../domain/window-totals.ts';

/** Input of `ingest/<source>`; times in epoch milliseconds. */
export interface IngestInput {
  readonly source: string;
  /** Only for a source that was never read: where the walk begins. */
  readonly fromMillis?: number;
  /** Where the walk stops; without it, at the latest settled window. */
  readonly toMillis?: number;
  /** Somebody asked for this run, so it is recorded even where there is nothing to read. */
  readonly requested?: boolean;
  /** Set when the walk continues as new: `fromMillis` and the catch-up bound were applied. */
  readonly continued?: boolean;
  /** Of the request that asked for the run, for the log. */
  readonly requestId?: string;
}

/** Input of `reingest/<source>/<from>/<to>`: windows are read again, late; the frontier stays. */
export interface ReingestInput {
  readonly source: string;
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly requestId?: string;
}

/** What a workflow needs to know of a source; read from the configuration by an activity. */
export interface SourceSettings {
  readonly intervalMillis: number;
  readonly settleMillis: number;
  readonly maxCatchupMillis: number;
  /** Windows in one execution before it continues as new; keeps the history short and readable. */
  readonly windowsPerExecution: number;
  /** Shards of one window that are read at the same time. */
  readonly shardConcurrency: number;
  /** `null` when the source was never read. */
  readonly frontierMillis: number | null;
}

export interface OpenRunInput {
  readonly run: string;
  readonly workflowId: string;
  readonly kind: 'ingest' | 'reingest';
  readonly source: string;
  readonly startedAtMillis: number;
  readonly fromMillis: number | null;
  readonly toMillis: number | null;
  /** Where a source that was never read begins; `null` for what is read again. */
  readonly beginMillis: number | null;
}

export interface CloseRunInput {
  readonly run: string;
  readonly state: 'completed' | 'failed' | 'cancelled';
  readonly error: string | null;
  readonly finishedAtMillis: number;
}

/** Which window of which source is read, and by which run. */
export interface WindowInput {
  readonly source: string;
  readonly run: string;
  readonly window: Window;
  readonly late: boolean;
  /** Of the request that asked for the run, for the log. */
  readonly requestId?: string;
}

/** What a window's plan came to; the plan itself lies in the graph. */
export interface PlannedWindow extends Census {
  /** The source refused the questions, so there are no shards and nothing to read. */
  readonly rejected: boolean;
  readonly shards: number;
  readonly dialect: string | null;
  readonly dialectVariant: string | null;
  readonly presenceWarnings: number;
  readonly otherWarnings: number;
  readonly planSeconds: number;
}

export interface IngestShardInput extends WindowInput {
  /** Which shard of the plan, from 0. */
  readonly shard: number;
}

export interface CloseWindowInput extends WindowInput {
  readonly planned: PlannedWindow;
  readonly totals: WindowTotals;
}

/** The activities, as workflows call them. */
export interface Activities {
  readSource(source: string): Promise<SourceSettings>;
  openRun(input: OpenRunInput): Promise<void>;
  /** Looks what a window holds and keeps how it is to be cut. */
  planWindow(input: WindowInput): Promise<PlannedWindow>;
  /** Reads, normalises and writes one shard of a window; redone whole when it is retried. */
  ingestShard(input: IngestShardInput): Promise<ShardAccounting>;
  /** Judges a window all of whose shards are in, and records it. */
  closeWindow(input: CloseWindowInput): Promise<{ outcome: WindowOutcome }>;
  closeRun(input: CloseRunInput): Promise<void>;
}
