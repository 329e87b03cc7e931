import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { detailsOfRun, summaryOfRun } from '../domain/run-summaries.ts';
import type { RunRequestRow, RunRequests } from '../graph/run-requests.ts';
import { newRun, type RunRecords, type RunRow } from '../graph/runs.ts';
import type { WindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { Source } from '../sources/source.ts';
import { type Execution, latestExecution } from './executions.ts';
import { type PlannedRun, type Planning, plannedRun } from './planned-run.ts';
import type { RunRequest, StartedRun } from './runs.ts';
import { type Temporal, wasRefused } from './temporal.ts';

export interface StartRunDeps {
  readonly temporal: Temporal;
  readonly sources: readonly Source[];
  readonly records: RunRecords;
  readonly requests: RunRequests;
  readonly windows: Pick<WindowRecords, 'frontier'>;
  readonly now: () => number;
}

/** How far a start is, for whoever no longer waits for its end. */
export interface StartProgress {
  /** Temporal was asked, and has not said no. */
  sent: boolean;
  /** Temporal has taken it; that it is recorded may still be missing. */
  taken: StartedRun | null;
  /** Nobody waits any more: what was not sent is not to be. */
  givenUp: boolean;
}

/** Starts what is asked for; one way for all kinds of runs. */
export function createStartRun(deps: StartRunDeps) {
  const { temporal, records, requests, now } = deps;

  const planning: Planning = {
    sources: deps.sources,
    frontier: (source) => deps.windows.frontier(source),
    isOpen: async (workflowId) => (await openExecution(workflowId)) !== null,
    now,
  };

  async function openExecution(workflowId: string): Promise<Execution | null> {
    const execution = await latestExecution(temporal, workflowId);
    return execution?.status === 'RUNNING' ? execution : null;
  }

  /** What came of the same request before; `null` where nothing did. */
  async function before({ once }: RunRequest): Promise<StartedRun | null> {
    if (once === undefined) return null;
    const remembered = await requests.find(once.key, now());
    return remembered === null ? null : cameOf(once, remembered);
  }

  async function cameOf(
    once: NonNullable<RunRequest['once']>,
    remembered: RunRequestRow,
  ): Promise<StartedRun | null> {
    if (remembered.body !== once.body) {
      throw new AppError(
        'IdempotencyKeyReused',
        'This Idempotency-Key came with another request before: give each request a key of its own.',
      );
    }
    if (remembered.run !== null) {
      return { run: await found(remembered.run), joined: remembered.joined ?? false };
    }
    // It was never confirmed, and not recorded; a workflow that began carries the key.
    const execution = await latestExecution(temporal, remembered.workflowId);
    if (execution?.requestKey !== once.key) return null;
    const { firstRunId, startedAtMillis } = execution;
    await records.open(openingOf(remembered, firstRunId, startedAtMillis, once.key));
    return { run: await found(firstRunId), joined: false };
  }

  async function found(id: string): Promise<RunRow> {
    const run = await records.find(id);
    if (run === null) throw new AppError('RunNotFound', `There is no run ${id}.`);
    return run;
  }

  /** Starts the planned workflow; `null` when one with its id is running already. */
  async function started(
    planned: PlannedRun,
    { once }: RunRequest,
    progress: StartProgress,
  ): Promise<StartedRun | null> {
    const { type, workflowId, input } = planned;
    // What begins when nobody waits for it any more would begin twice.
    if (progress.givenUp) throw new AppError('Cancelled', 'The start was given up.');
    progress.sent = true;
    try {
      const handle = await temporal.client.workflow.start(type, {
        workflowId,
        taskQueue: temporal.taskQueue,
        args: [input],
        staticSummary: summaryOfRun(planned),
        staticDetails: detailsOfRun(planned),
        workflowIdConflictPolicy: 'FAIL',
        ...(once === undefined ? {} : { memo: { requestKey: once.key } }),
      });
      const opening = openingOf(planned, handle.firstExecutionRunId, now(), once?.key);
      progress.taken = { run: newRun(opening), joined: false };
      await records.open(opening);
      return { run: await found(opening.run), joined: false };
    } catch (error) {
      const isThere = error instanceof WorkflowExecutionAlreadyStartedError;
      if (isThere || wasRefused(error)) progress.sent = false;
      if (isThere) return null;
      throw error;
    }
  }

  /** The run that is under way in place of the planned one; `null` where it has just ended. */
  async function inItsPlace(planned: PlannedRun, { once }: RunRequest): Promise<StartedRun | null> {
    const execution = await openExecution(planned.workflowId);
    if (execution === null) return null;
    const joined = once === undefined || execution.requestKey !== once.key;
    if (joined && planned.underWay === 'plan again') return null;
    if (joined && planned.underWay === 'refuse') {
      throw new AppError(
        'RunUnderWay',
        `Another that was asked for (${planned.workflowId}) is still under way: wait for its end.`,
      );
    }
    // The actor records itself only once it has something to read; a joined run is always shown.
    const { firstRunId, startedAtMillis } = execution;
    const key = joined ? undefined : once?.key;
    await records.open(openingOf(planned, firstRunId, startedAtMillis, key));
    if (joined && once !== undefined) await requests.settle(once.key, firstRunId, true);
    return { run: await found(firstRunId), joined };
  }

  return async (request: RunRequest, progress: StartProgress): Promise<StartedRun> => {
    const { once } = request;
    const known = await before(request);
    if (known !== null) return known;
    // Between a look and a start the other may happen; then look again.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const planned = await plannedRun(request, planning);
      if (once !== undefined) {
        const { workflowId, kind, source, fromMillis, toMillis } = planned;
        const range = { workflowId, kind, source, fromMillis, toMillis };
        const claim = { ...range, id: once.key, body: once.body, atMillis: now() };
        const remembered = await requests.claim(claim);
        const other = await cameOf(once, remembered);
        if (other !== null) return other;
      }
      const run =
        (await started(planned, request, progress)) ?? (await inItsPlace(planned, request));
      if (run !== null) return run;
    }
    throw new AppError('TemporalUnavailable', 'What is asked for changes its state too fast.');
  };
}

function openingOf(
  begun: Pick<PlannedRun, 'workflowId' | 'kind' | 'source' | 'fromMillis' | 'toMillis'>,
  run: string,
  startedAtMillis: number,
  requestKey: string | undefined,
) {
  const { workflowId, kind, source, fromMillis, toMillis } = begun;
  return { run, workflowId, kind, source, startedAtMillis, fromMillis, toMillis, requestKey };
}
