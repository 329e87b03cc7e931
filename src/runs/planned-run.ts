import type { RunKind } from '../graph/runs.ts';
import { AppError } from '../runtime/errors.ts';
import type { Source } from '../sources/source.ts';
import type {
  IngestInput,
  MarkStaleInput,
  PruneHistoryInput,
  ReingestInput,
} from '../workflows/types.ts';
import { planRun } from './range.ts';
import type { BackfillRequest, IngestRequest, RunRequest } from './runs.ts';

/** The workflow that a request comes to, as it stands. */
export interface PlannedRun {
  readonly type: 'ingest' | 'reingest' | 'markStale' | 'pruneHistory';
  readonly workflowId: string;
  readonly input: IngestInput | ReingestInput | MarkStaleInput | PruneHistoryInput;
  /** What is recorded of the run. */
  readonly kind: RunKind;
  readonly source: string | null;
  readonly fromMillis: number | null;
  readonly toMillis: number | null;
  /** What to do where its workflow is under way: it is as good, another must be planned, or it must end first. */
  readonly underWay: 'join' | 'plan again' | 'refuse';
}

/** What planning has to know of the servers. */
export interface Planning {
  readonly sources: readonly Source[];
  frontier(source: string): Promise<number | null>;
  isOpen(workflowId: string): Promise<boolean>;
  readonly now: () => number;
}

/**
 * Decides which workflow a request comes to.
 *
 * @throws AppError `UnknownSource`, or `InvalidRange`, which says what would do.
 */
export async function plannedRun(request: RunRequest, planning: Planning): Promise<PlannedRun> {
  if (request.kind === 'markStale') {
    const { nowMillis = planning.now(), override } = request;
    refuseFuture(nowMillis, planning.now());
    const overridden = override === undefined ? {} : { override };
    return {
      ...ofAllSources,
      type: 'markStale',
      workflowId: 'mark-stale/asked',
      input: { nowMillis, ...overridden, ...namesOf(request) },
      kind: 'markStale',
      toMillis: nowMillis,
      // It may be judged at another instant, or refuse what this one would mark.
      underWay: 'refuse',
    };
  }
  if (request.kind === 'prune') {
    const nowMillis = planning.now();
    return {
      ...ofAllSources,
      type: 'pruneHistory',
      workflowId: 'prune-history/asked',
      input: { nowMillis, ...namesOf(request) },
      kind: 'prune',
      toMillis: nowMillis,
      underWay: 'join',
    };
  }
  return plannedReading(request, planning);
}

const ofAllSources = { source: null, fromMillis: null } as const;

async function plannedReading(
  request: IngestRequest | BackfillRequest,
  planning: Planning,
): Promise<PlannedRun> {
  const source = sourceOf(planning.sources, request.source);
  const workflowId = actorId(source);
  const situation = {
    frontierMillis: await planning.frontier(source.id),
    walking: await planning.isOpen(workflowId),
    nowMillis: planning.now(),
  };
  if (request.kind === 'backfill') refuseRead(source, situation.frontierMillis);
  const { kind, ...bounds } = planRun(request, source, situation);
  const { fromMillis = null, toMillis = null } = bounds;
  const range = { source: source.id, fromMillis, toMillis };
  if (kind === 'walk') {
    const input = { source: source.id, requested: true, ...bounds, ...namesOf(request) };
    const isBare = fromMillis === null && toMillis === null;
    const underWay = isBare ? 'join' : 'plan again';
    return { ...range, type: 'ingest', kind: 'ingest', workflowId, input, underWay };
  }
  const again = { fromMillis: fromMillis ?? 0, toMillis: toMillis ?? 0 };
  const [from, to] = [again.fromMillis, again.toMillis].map(iso);
  return {
    ...range,
    type: 'reingest',
    kind: 'reingest',
    workflowId: `reingest/${source.id}/${from}/${to}`,
    input: { source: source.id, ...again, ...namesOf(request) },
    underWay: 'join',
  };
}

/** What the workflow is told of who asked. */
function namesOf({ requestId, once }: RunRequest) {
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(once === undefined ? {} : { requestKey: once.key }),
  };
}

/** What is marked holds from then, and nothing may change a belief before it begins. */
function refuseFuture(nowMillis: number, presentMillis: number): void {
  if (nowMillis <= presentMillis) return;
  const present = iso(presentMillis);
  throw new AppError('InvalidRange', `The instant has not come yet; it is ${present} now.`);
}

function refuseRead({ id }: Source, frontierMillis: number | null): void {
  if (frontierMillis === null) return;
  const end = iso(frontierMillis);
  throw new AppError(
    'InvalidRange',
    `Source ${id} has been read up to ${end}, and its history cannot begin anew: a run of the kind ingest, or "topolog ingest --from … --to …", reads a range again, late.`,
  );
}

function actorId(source: Source): string {
  return `ingest/${source.id}`;
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

const iso = (millis: number): string => new Date(millis).toISOString();
