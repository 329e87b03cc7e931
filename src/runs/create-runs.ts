import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type EndState, isUnderWay, type RunRecords, type RunRow } from '../graph/runs.ts';
import type { WindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { Source } from '../sources/source.ts';
import type { IngestInput, ReingestInput } from '../workflows/types.ts';
import { latestExecution, openStates } from './executions.ts';
import { type Plan, planRun } from './range.ts';
import type { Runs } from './runs.ts';
import { inTemporalPatiently, inTemporalSoon, type OnWait, type Temporal } from './temporal.ts';

export interface RunsDeps {
  readonly temporal: Temporal;
  readonly sources: readonly Source[];
  readonly records: RunRecords;
  readonly windows: Pick<WindowRecords, 'frontier'>;
  readonly now: () => number;
  /** Of somebody who sees it waiting: a start then takes as long as Temporal answers, not eight seconds. */
  readonly onWait?: OnWait;
}

/** Starts runs in Temporal and shows them from the record, completed by what Temporal knows. */
export function createRuns(deps: RunsDeps): Runs {
  const { temporal, records, now, onWait } = deps;
  const { workflow } = temporal.client;

  /** The run of the workflow that is open under an id, or `null`. */
  async function openRunId(workflowId: string): Promise<string | null> {
    const execution = await latestExecution(temporal, workflowId);
    return execution?.status === 'RUNNING' ? execution.firstRunId : null;
  }

  /** Starts the planned workflow; `null` when one with its id is running already. */
  async function startPlanned(
    source: Source,
    plan: Plan,
    requestId: string | undefined,
  ): Promise<RunRow | null> {
    const { type, workflowId, input } = workflowOf(source, plan, requestId);
    try {
      const handle = await workflow.start(type, {
        workflowId,
        taskQueue: temporal.taskQueue,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
      });
      const run = handle.firstExecutionRunId;
      await records.open({
        run,
        workflowId,
        kind: type,
        source: source.id,
        startedAtMillis: now(),
        fromMillis: plan.fromMillis ?? null,
        toMillis: plan.toMillis ?? null,
      });
      return await found(run);
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
      throw error;
    }
  }

  async function joined(source: Source, plan: Plan): Promise<RunRow | null> {
    const { type, workflowId } = workflowOf(source, plan);
    const run = await openRunId(workflowId);
    if (run === null) return null;
    // The actor records itself only once it has something to read; a joined run is always shown.
    await records.open({
      run,
      workflowId,
      kind: type,
      source: source.id,
      startedAtMillis: now(),
      fromMillis: plan.fromMillis ?? null,
      toMillis: plan.toMillis ?? null,
    });
    return found(run);
  }

  async function found(id: string): Promise<RunRow> {
    const run = await records.find(id);
    if (run === null) throw new AppError('RunNotFound', `There is no run ${id}.`);
    return run;
  }

  /** A run that ended without its own word (terminated, timed out) must not be running for ever. */
  async function completed(run: RunRow): Promise<RunRow> {
    if (!isUnderWay(run.state)) return run;
    const execution = await latestExecution(temporal, run.workflowId);
    const own = execution?.firstRunId === run.id ? execution : null;
    if (own !== null && openStates.includes(own.status)) return run;
    const state = own === null ? 'failed' : (endStates[own.status] ?? 'failed');
    const error = state === 'failed' ? 'The workflow ended without finishing its work.' : null;
    await records.close(run.id, state, error, own?.closedAtMillis ?? now());
    return found(run.id);
  }

  function waited<T>(call: () => Promise<T>): Promise<T> {
    return onWait === undefined
      ? inTemporalSoon(temporal, call)
      : inTemporalPatiently(temporal, call, onWait);
  }

  /** What the record says stands where Temporal cannot be asked. */
  async function withTemporal(run: RunRow): Promise<RunRow> {
    return inTemporalSoon(temporal, () => completed(run)).catch(() => run);
  }

  return {
    start: (request) =>
      waited(async () => {
        const source = sourceOf(deps.sources, request.source);
        // Between a look and a start the other may happen; then look again.
        for (let attempt = 0; attempt < 5; attempt += 1) {
          const situation = {
            frontierMillis: await deps.windows.frontier(source.id),
            walking: (await openRunId(actorId(source))) !== null,
            nowMillis: now(),
          };
          const plan = planRun(request, source, situation);
          const run = await startPlanned(source, plan, request.requestId);
          if (run !== null) return { run, joined: false };
          const bare = plan.fromMillis === undefined && plan.toMillis === undefined;
          if (!bare && plan.kind === 'walk') continue;
          const other = await joined(source, plan);
          if (other !== null) return { run: other, joined: true };
        }
        throw new AppError(
          'TemporalUnavailable',
          'The source changes its state too fast; try again.',
        );
      }),

    async find(id) {
      const run = await found(id);
      return withTemporal(run);
    },

    async page(filter, before, limit) {
      const { runs, hasMore } = await records.page(filter, before, limit);
      const known = await Promise.all(runs.map(withTemporal));
      return { runs: known, hasMore };
    },
  };
}

/** What the end of a workflow means for its run; any other end is a failure. */
const endStates: Readonly<Record<string, EndState>> = {
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};

function actorId(source: Source): string {
  return `ingest/${source.id}`;
}

type Started =
  | { readonly type: 'ingest'; readonly workflowId: string; readonly input: IngestInput }
  | { readonly type: 'reingest'; readonly workflowId: string; readonly input: ReingestInput };

function workflowOf(source: Source, plan: Plan, requestId?: string): Started {
  const asked = requestId === undefined ? {} : { requestId };
  if (plan.kind === 'walk') {
    const { kind: _, ...bounds } = plan;
    const input = { source: source.id, requested: true, ...bounds, ...asked };
    return { type: 'ingest', workflowId: actorId(source), input };
  }
  const { fromMillis, toMillis } = plan;
  const [from, to] = [fromMillis, toMillis].map((millis) => new Date(millis).toISOString());
  const input = { source: source.id, fromMillis, toMillis, ...asked };
  return { type: 'reingest', workflowId: `reingest/${source.id}/${from}/${to}`, input };
}

function sourceOf(sources: readonly Source[], id: string | undefined): Source {
  const ids = sources.map((source) => source.id).join(', ');
  const source =
    id === undefined && sources.length === 1 ? sources[0] : sources.find((one) => one.id === id);
  if (source !== undefined) return source;
  if (sources.length === 0) {
    throw new AppError(
      'UnknownSource',
      'No source is configured: set PROMETHEUS_URL or TOPOLOG_SOURCES_FILE.',
    );
  }
  throw new AppError(
    'UnknownSource',
    id === undefined
      ? `Name one of the sources: ${ids}.`
      : `There is no source "${id}"; there is ${ids}.`,
  );
}
