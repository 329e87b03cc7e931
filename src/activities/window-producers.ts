import type { Aliases } from '../domain/alias.ts';
import { evidenceId } from '../domain/dependency.ts';
import type { Producer } from '../domain/producer.ts';
import {
  judgeProducers,
  type KnownProducer,
  keptProducers,
  knownAt,
  type LostProducer,
  type ProducerJudgement,
} from '../domain/producers.ts';
import type { Window } from '../domain/window.ts';
import {
  isUnchanged,
  type ProducerChanges,
  type ProducerRecords,
  producerKey,
} from '../graph/producers.ts';
import type { EncodedPlan, SourceReaders } from '../sources/readers.ts';
import { parseReading, textOfReading } from '../sources/readings.ts';
import type { Source } from '../sources/source.ts';
import type { UnwatchedPairs } from '../sources/unwatched-pairs.ts';

export interface WindowProducersDeps extends Pick<SourceReaders, 'unwatchedPairs'> {
  readonly producers: ProducerRecords;
  /** How long a missing producer is waited for, in milliseconds. */
  readonly missingProducerMillis: number;
}

/** What a window's producers come to. */
export interface WindowProducers {
  readonly producers: number;
  /** Those that were there before and are not. */
  readonly missingProducers: number;
  /** Those among them of which nobody knows what they showed. */
  readonly unmarkedProducers: number;
  /** Some of the missing ones, as texts. */
  readonly missingLabels: readonly string[];
  /** `null` where nothing changes. */
  readonly changes: ProducerChanges | null;
}

/** Most missing producers that are named. */
const mostNamed = 10;

/**
 * Compares a window's producers with those known before, and asks what those showed that went.
 *
 * A window at whose end nothing was there, or whose plan has warnings, is no word of any producer. One
 * that is read late is judged as things were then, and changes nothing of what is known now.
 */
export function createWindowProducers(deps: WindowProducersDeps) {
  const { unwatchedPairs, missingProducerMillis: missingMillis } = deps;
  return async (
    source: Source,
    plan: EncodedPlan & { readonly error: string | null },
    { window, late }: { readonly window: Window; readonly late: boolean },
    aliases: Aliases,
    signal: AbortSignal,
  ): Promise<WindowProducers> => {
    const total = plan.producers.length;
    const isTelling =
      plan.error === null && plan.census.nearEnd > 0 && plan.presenceWarnings.length === 0;
    const isCounted = plan.otherWarnings.length === 0;
    if (!isTelling || !isCounted) return { ...nothing, producers: total };
    const unjudged = new Set(plan.sampled.map(textOfReading));
    const all = await deps.producers.known(source.id);
    const { present, areJobs } = keptProducers(
      plan.producers.map((one) => ({ ...one, reading: textOfReading(one.reading) })),
      all,
    );
    const ofKind = all.filter(({ isJob }) => isJob === areJobs);
    const known = late ? knownAt(ofKind, window, missingMillis) : ofKind;
    const judged = judgeProducers({ window, present, known, unjudged, missingMillis });
    const told = await askEach(judged.lost, (reading, lost) =>
      unwatchedPairs(source, window, parseReading(reading), lost, aliases, signal),
    );
    const missing = missingOf(judged, told);
    const counts = {
      producers: total,
      missingProducers: missing.length,
      unmarkedProducers: told.unknown.length,
      missingLabels: missing.slice(0, mostNamed).map(textOfProducer),
    };
    if (late) {
      // Nothing is marked by it, so what it does not show is not told of any pair.
      const unmarked = judged.lost.filter(
        (one) => told.unknown.includes(one) || told.pairs.some(({ producer }) => producer === one),
      );
      return { ...counts, unmarkedProducers: unmarked.length, changes: null };
    }
    const forgotten = all.filter(({ isJob }) => isJob !== areJobs);
    const changes = changesOf(source.id, judged, told, { forgotten, areJobs });
    return { ...counts, changes: isUnchanged(changes) ? null : changes };
  };
}

const nothing: WindowProducers = {
  producers: 0,
  missingProducers: 0,
  unmarkedProducers: 0,
  missingLabels: [],
  changes: null,
};

async function askEach(
  lost: readonly LostProducer[],
  ask: (reading: string, lost: readonly LostProducer[]) => Promise<UnwatchedPairs>,
): Promise<UnwatchedPairs> {
  const answers: UnwatchedPairs[] = [];
  for (const reading of new Set(lost.map(({ producer }) => producer.reading))) {
    const ofReading = lost.filter(({ producer }) => producer.reading === reading);
    answers.push(await ask(reading, ofReading));
  }
  return {
    pairs: answers.flatMap(({ pairs }) => pairs),
    unknown: answers.flatMap(({ unknown }) => unknown),
  };
}

/** The producers for which the window is not whole: what they alone showed, it cannot show. */
function missingOf(judged: ProducerJudgement, told: UnwatchedPairs): readonly Producer[] {
  const lost = new Set([...told.pairs.map(({ producer }) => producer), ...told.unknown]);
  const now = judged.lost.filter((one) => lost.has(one)).map(({ producer }) => producer);
  return [...now, ...judged.missing, ...judged.late];
}

function changesOf(
  source: string,
  judged: ProducerJudgement,
  told: UnwatchedPairs,
  {
    forgotten,
    areJobs,
  }: { readonly forgotten: readonly KnownProducer[]; readonly areJobs: boolean },
): ProducerChanges {
  const pairs = new Map<LostProducer, string[]>();
  for (const { producer: lost, dependencyId, mode } of told.pairs) {
    const { name: dialect, variant } = parseReading(lost.producer.reading);
    const ids = pairs.get(lost) ?? [];
    pairs.set(lost, ids);
    ids.push(evidenceId(source, { dialect, variant }, mode, dependencyId));
  }
  const unknown = new Set(told.unknown);
  const isMissing = (one: LostProducer) => pairs.has(one) || unknown.has(one);
  const successors = new Set(judged.successors.map(producerKey));
  const appeared = judged.appeared.map((one) => ({
    key: producerKey(one),
    reading: one.reading,
    labels: one.id,
    isSuccessor: successors.has(producerKey(one)),
    isJob: areJobs,
  }));
  const isNew = new Set(appeared.map(({ key }) => key));
  return {
    appeared,
    successors: [...successors].filter((key) => !isNew.has(key)),
    missing: judged.lost.filter(isMissing).map((one) => ({
      key: producerKey(one.producer),
      since: one.since,
      isMarked: !unknown.has(one),
    })),
    returned: judged.returned.map(producerKey),
    // Of what others show as well nothing is lost.
    gone: [
      ...judged.gone,
      ...judged.lost.filter((one) => !isMissing(one)).map(({ producer }) => producer),
      ...forgotten,
    ].map(producerKey),
    unwatched: [...pairs].map(([one, evidence]) => ({
      key: producerKey(one.producer),
      since: one.lastThereAt,
      evidence,
    })),
  };
}

/** A producer as people write its labels, and how it is read. */
function textOfProducer({ reading, labels }: Producer): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${reading} {${pairs.join(', ')}}`.slice(0, 500);
}
