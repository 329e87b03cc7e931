import { type CounterSample, isCount, mergeCopies } from '../domain/counter-samples.ts';
import type { CounterSeries } from '../domain/increments.ts';
import type { RawSeries } from './answer.ts';
import { isTooHeavy } from './asking.ts';
import { type Box, boxesOf } from './boxes.ts';
import type { CounterAsking } from './counter-asking.ts';
import {
  type CounterLabels,
  familyOf,
  producerLabelsOf,
  textOfLabels,
  withoutReplicas,
} from './counter-labels.ts';
import { samplesQuestion } from './counter-questions.ts';

type Labels = Readonly<Record<string, string>>;

/** A series as it was read. */
export interface ReadSeries extends CounterSeries {
  /** What the sums of the same window hold of it: the difference of its last values at both ends. */
  readonly inSums: number;
}

/** Series that were looked at closer: those that were to be judged, and the others of their families. */
export interface Looked {
  readonly listed: readonly ReadSeries[];
  readonly beside: readonly CounterSeries[];
  /** Listed series whose samples were refused, each by itself. */
  readonly refused: number;
  readonly warnings: readonly string[];
}

/**
 * Reads the samples of some series, and of all others of the same clients and servers.
 *
 * Samples that are too much to be answered at once are asked for in halves.
 */
export async function readSamples(
  asking: CounterAsking,
  wanted: readonly Labels[],
): Promise<Looked> {
  const { scope } = asking;
  const found = new Map<string, ReadSeries>();
  const warnings: string[] = [];
  let refused = 0;

  async function readBox({ matchers, members }: Box<Labels>): Promise<void> {
    try {
      const answer = await asking.askRaw(samplesQuestion(asking.counter, asking.part(matchers)));
      warnings.push(...answer.warnings);
      for (const one of counterSeries(answer.series, scope.labels, scope)) {
        found.set(textOfLabels(one.labels), one);
      }
    } catch (error) {
      if (!isTooHeavy(error)) throw error;
      if (members.length <= 1) {
        refused += members.length;
        return;
      }
      const half = Math.ceil(members.length / 2);
      for (const some of [members.slice(0, half), members.slice(half)]) {
        for (const box of boxesOf(some, scope.labels, (labels) => labels)) await readBox(box);
      }
    }
  }

  for (const box of boxesOf(wanted, scope.labels, (labels) => labels)) await readBox(box);
  const wantedTexts = new Set(wanted.map(textOfLabels));
  const families = new Set(wanted.map((labels) => familyOf(scope.labels, labels)));
  const listed: ReadSeries[] = [];
  const beside: CounterSeries[] = [];
  for (const [text, series] of found) {
    if (wantedTexts.has(text)) listed.push(series);
    else if (families.has(series.family)) beside.push(series);
  }
  return { listed, beside, refused, warnings };
}

interface Ends {
  readonly window: { readonly startMillis: number; readonly endMillis: number };
  readonly reachMillis: number;
}

/** Series as they are judged: copies as one, without what is no count or lies outside of the reach. */
export function counterSeries(
  raw: readonly RawSeries[],
  labels: CounterLabels,
  { window, reachMillis }: Ends,
): ReadSeries[] {
  const copies = new Map<string, { labels: Labels; samples: CounterSample[][] }>();
  for (const series of raw) {
    const own = withoutReplicas(labels, series.labels);
    const text = textOfLabels(own);
    const known = copies.get(text) ?? { labels: own, samples: [] };
    copies.set(text, known);
    // Servers differ in whether the left end of a range is in it.
    known.samples.push(
      series.samples.filter(
        ([at, value]) =>
          at > window.startMillis - reachMillis && at <= window.endMillis && isCount(value),
      ),
    );
  }
  return [...copies.values()].map(({ labels: own, samples }) => ({
    family: familyOf(labels, own),
    producer: textOfLabels(producerLabelsOf(labels, own)),
    labels: own,
    samples: mergeCopies(samples),
    inSums: inSums(samples, window),
  }));
}

/** The sums take the largest of the copies at each end, where the samples as one have the last. */
function inSums(copies: readonly (readonly CounterSample[])[], { startMillis }: Ends['window']) {
  const lastOf = (isWanted: (at: number) => boolean) =>
    copies.flatMap((samples) => samples.findLast(([at]) => isWanted(at))?.[1] ?? []);
  const last = lastOf((at) => at > startMillis);
  const before = lastOf((at) => at <= startMillis);
  if (last.length === 0 || before.length === 0) return 0;
  const settled = Math.max(...last) - Math.max(...before);
  return isCount(settled) ? settled : 0;
}
