import type { Window } from '../domain/window.ts';
import type { Census, WindowOutcome } from '../domain/window-outcome.ts';
import type { WindowTally } from '../domain/window-tally.ts';
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
  /** What the executions before read. */
  readonly tally?: WindowTally;
  /** Of the request that asked for the run, for the log. */
  readonly requestId?: string;
  /** Under which the request is remembered, so that it is not done twice. */
  readonly requestKey?: string;
}

/** Input of `reingest/<source>/<from>/<to>`: windows are read again, late; the frontier stays. */
export interface ReingestInput {
  readonly source: string;
  readonly fromMillis: number;
  readonly toMillis: number;
  /** What the executions before read. */
  readonly tally?: WindowTally;
  readonly requestId?: string;
  readonly requestKey?: string;
}

/** What a run that reads came to. */
export interface ReadResult {
  readonly source: string;
  /** Windows by their outcome, those that were read again included. */
  readonly windows: WindowTally;
  /** Up to where the source is read now; absent where the run does not change that. */
  readonly readUntil?: string;
}

/** What a workflow needs to know of a source; read from the configuration by an activity. */
export interface SourceSettings {
  readonly intervalMillis: number;
  /** As configured, or as long as was learnt from samples that came late. */
  readonly settleMillis: number;
  /** Absent, as the next, in histories recorded before windows were read again by themselves. */
  readonly configuredSettleMillis?: number;
  /** Whether windows that lack something are read again by themselves. */
  readonly readsAgain?: boolean;
  readonly maxCatchupMillis: number;
  /** Windows in one execution before it continues as new; keeps the history short and readable. */
  readonly windowsPerExecution: number;
  /** Shards of one window that are read at the same time. */
  readonly shardConcurrency: number;
  /**
   * How much of the past of a source that was never read is read first; absent in histories that
   * were recorded before there was a past to read, which replay without it.
   */
  readonly backfillMillis?: number;
  /** `null` when the source was never read. */
  readonly frontierMillis: number | null;
  /** Windows up to there are read as its past; `null` where it has none. */
  readonly backfillUntilMillis?: number | null;
}

export interface OpenRunInput {
  readonly run: string;
  readonly workflowId: string;
  readonly kind: 'ingest' | 'reingest' | 'markStale' | 'prune';
  /** `null` where a run is about all of them. */
  readonly source: string | null;
  readonly startedAtMillis: number;
  readonly fromMillis: number | null;
  readonly toMillis: number | null;
  /** Where a source that was never read begins; `null` for what is read again. */
  readonly beginMillis: number | null;
  /** Up to where what it reads is its past; `null` where it has none. */
  readonly backfillUntilMillis: number | null;
  /** Under which the request for it is remembered; absent where nobody asked under a key. */
  readonly requestKey?: string;
}

/** What was recorded; the result of the activity, for who reads a history. */
export type OpenedRun = Pick<OpenRunInput, 'run' | 'kind' | 'source'>;

export interface CloseRunInput {
  readonly run: string;
  readonly state: 'completed' | 'failed' | 'cancelled';
  readonly error: string | null;
  readonly finishedAtMillis: number;
}

/** How a run was recorded; `partial`: completed, with windows that are not. `none`: it had nothing to read. */
export interface ClosedRun {
  readonly run: string;
  readonly result: CloseRunInput['state'] | 'partial' | 'none';
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
  /** Series that the configuration leaves out; absent in histories recorded before they were counted. */
  readonly notRead?: number;
  /** Absent in histories recorded before producers were compared. */
  readonly producers?: number;
  readonly missingProducers?: number;
  readonly unmarkedProducers?: number;
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
  /** When it was read; absent where a workflow of an earlier version asks. */
  readonly nowMillis?: number;
}

export interface NextRereadInput {
  readonly source: string;
  readonly run: string;
  readonly nowMillis: number;
}

/** Windows of one grid, in order, that are read as a source's past. */
export interface ReadPastInput {
  readonly source: string;
  readonly run: string;
  /** Where the first of them begins, and the last of them ends, in epoch milliseconds. */
  readonly fromMillis: number;
  readonly toMillis: number;
  /** When they are read; absent where a workflow of an earlier version asks. */
  readonly nowMillis?: number;
  readonly requestId?: string;
}

/** What an attempt at reading the past read. */
export interface ReadPastResult {
  readonly windows: WindowTally;
}

/** Input of `mark-stale`. */
export interface MarkStaleInput {
  /** The instant at which it is judged, in epoch milliseconds; without it the slot of the schedule. */
  readonly nowMillis?: number;
  /** Whether a pass goes on although it would mark so much that the source is more likely at fault. */
  readonly override?: boolean;
  readonly requestId?: string;
  readonly requestKey?: string;
}

/** A pass over one source. */
export interface MarkStaleSourceInput {
  readonly source: string;
  /** Whether it is a pass over the past that is being read, or over the present. */
  readonly context: 'live' | 'backfill';
  readonly run: string;
  readonly nowMillis: number;
  readonly override: boolean;
}

/** What a pass over one source came to, in dependencies. */
export interface MarkedStale {
  readonly fresh: number;
  readonly unseen: number;
  readonly tripped: boolean;
  readonly stale: number;
  readonly removed: number;
}

/** Input of `prune-history`. */
export interface PruneHistoryInput {
  /** The instant from which the retention is counted back; without it the slot of the schedule. */
  readonly nowMillis?: number;
  readonly requestId?: string;
  readonly requestKey?: string;
}

/** The activities, as workflows call them. */
export interface Activities {
  readSource(source: string): Promise<SourceSettings>;
  openRun(input: OpenRunInput): Promise<OpenedRun>;
  /** Looks what a window holds and keeps how it is to be cut. */
  planWindow(input: WindowInput): Promise<PlannedWindow>;
  /** Reads, normalises and writes one shard of a window; redone whole when it is retried. */
  ingestShard(input: IngestShardInput): Promise<ShardAccounting>;
  /** Judges a window all of whose shards are in, and records it. */
  closeWindow(input: CloseWindowInput): Promise<{ outcome: WindowOutcome }>;
  closeRun(input: CloseRunInput): Promise<ClosedRun>;
  /** Takes the window that is to be read again next; `null` where none is due. */
  nextReread(input: NextRereadInput): Promise<Window | null>;
  /** Reads windows of the past in few requests, each as it would be read alone. */
  readPast(input: ReadPastInput): Promise<ReadPastResult>;
  /** The sources that have been read. */
  listSources(input?: undefined): Promise<string[]>;
  /** Marks what a source has long been looked for and not shown; `tripped` says that it refused. */
  markStale(input: MarkStaleSourceInput): Promise<MarkedStale>;
  /** Forgets what ended before the horizon. */
  pruneHistory(input: { readonly run: string; readonly nowMillis: number }): Promise<Pruned>;
}

/** What was forgotten. */
export interface Pruned {
  readonly beliefs: number;
  readonly changes: number;
  readonly evidence: number;
  readonly windows: number;
  readonly services: number;
}
