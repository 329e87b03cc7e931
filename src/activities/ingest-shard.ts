import { addCounts, type ShardAccounting } from '../domain/window-totals.ts';
import { type AliasRecords, aliasesChanged } from '../graph/aliases.ts';
import type { WindowPlans } from '../graph/window-plans.ts';
import type { WindowRecords } from '../graph/windows.ts';
import { AppError } from '../runtime/errors.ts';
import type { PartReading } from '../sources/read-part.ts';
import type { SourceReaders } from '../sources/readers.ts';
import type { IngestShardInput } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';
import { secondsSince } from './seconds.ts';

export interface IngestShardDeps extends Pick<SourceReaders, 'sourceOf' | 'readShard'> {
  readonly plans: WindowPlans;
  readonly aliases: Pick<AliasRecords, 'read'>;
  readonly windows: Pick<WindowRecords, 'write' | 'kindsOf'>;
}

/**
 * Reads one shard of a window and writes what it shows, part by part.
 *
 * A retry does all of it again, which changes nothing where it was done before. A source that does
 * not answer throws; a part that it refuses is counted as lost. Aliases other than those of the plan
 * throw `AliasesChanged`: the window must be planned anew.
 */
export function createIngestShard(deps: IngestShardDeps) {
  const { sourceOf, readShard, plans, windows } = deps;
  return async (input: IngestShardInput): Promise<ShardAccounting> => {
    const source = sourceOf(input.source);
    return withHeartbeats(async (report, signal) => {
      const since = performance.now();
      const { version: aliasVersion, aliases } = await deps.aliases.read();
      const { run, window, late } = input;
      const key = { source: input.source, run, window, late, aliasVersion };
      report('asking the source');
      const shard = await plannedShard(plans, input, aliasVersion);
      const { reading: how, events } = readShard(
        source,
        window,
        shard,
        aliases,
        signal,
        windows.kindsOf,
      );
      const readingKey = { ...key, reading: { dialect: how.name, variant: how.variant } };
      let sum = nothingYet;
      let writeSeconds = 0;
      let error: string | null = null;
      const said: string[] = [];
      for await (const event of events) {
        if (event.kind === 'lost') {
          sum = { ...sum, partsLost: sum.partsLost + 1 };
          error ??= event.error.message;
        } else if (event.kind === 'split') {
          said.push(...event.warnings);
          const presenceWarnings = sum.presenceWarnings + event.warnings.length;
          sum = { ...sum, splits: sum.splits + 1, presenceWarnings };
        } else {
          const { reading } = event;
          said.push(...reading.presenceWarnings, ...reading.otherWarnings);
          const writeSince = performance.now();
          await windows.write(readingKey, reading.observations, (written) => {
            signal.throwIfAborted();
            report(`${sum.observations + written} observations written`);
          });
          writeSeconds += secondsSince(writeSince);
          sum = addPart(sum, reading);
        }
      }
      signal.throwIfAborted();
      await plans.note(key, error, said);
      return { ...sum, readSeconds: secondsSince(since) - writeSeconds, writeSeconds };
    });
  };
}

async function plannedShard(
  plans: WindowPlans,
  input: IngestShardInput,
  aliasVersion: number,
): Promise<string> {
  const plan = await plans.find(input);
  if (plan !== null && plan.aliasVersion !== aliasVersion) throw aliasesChanged();
  const shard = plan?.shards[input.shard];
  if (shard === undefined) {
    throw new AppError('Internal', `The window's plan is gone, or has no shard ${input.shard}.`);
  }
  return shard;
}

type Sum = Omit<ShardAccounting, 'readSeconds' | 'writeSeconds'>;

const nothingYet: Sum = {
  partsRead: 0,
  partsLost: 0,
  splits: 0,
  observations: 0,
  selfCalls: 0,
  noted: {},
  valuesRead: 0,
  dropped: {},
  cannotTell: 0,
  brokenSeries: 0,
  presenceWarnings: 0,
  otherWarnings: 0,
  unanswered: 0,
};

function addPart(sum: Sum, part: PartReading): Sum {
  return {
    ...sum,
    partsRead: sum.partsRead + 1,
    observations: sum.observations + part.observations.length,
    selfCalls: sum.selfCalls + part.selfCalls,
    noted: addCounts(addCounts(sum.noted, part.noted), {
      severalWriters: part.severalWriters,
      unattributed: Math.round(part.unattributed),
      overflowRequests: Math.round(part.overflowRequests),
    }),
    valuesRead: sum.valuesRead + part.valuesRead,
    dropped: addCounts(sum.dropped, part.dropped),
    cannotTell: sum.cannotTell + part.cannotTell,
    brokenSeries: sum.brokenSeries + part.brokenSeries,
    presenceWarnings: sum.presenceWarnings + part.presenceWarnings.length,
    otherWarnings: sum.otherWarnings + part.otherWarnings.length,
    unanswered: sum.unanswered + part.unanswered,
  };
}
