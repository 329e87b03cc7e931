import type { WorkersMeasured } from './measure.ts';
import type { MemoryMeasured } from './measure-memory.ts';
import type { ParseMeasured } from './measure-parse.ts';
import { type CaseFigures, median } from './report.ts';

/** A figure beside what it should be. */
export interface Verdict {
  readonly what: string;
  readonly value: number;
  /** `null` where none is set: it is there to be read beside the others. */
  readonly atMost: number | null;
  /** Why it is as it is, where that is known. */
  readonly cause: string;
}

const targetOf = { cold: 1.4, 'next window': 1.3, 'same again': 0.5 } as const;

export interface AllMeasured {
  readonly cases: readonly CaseFigures[];
  readonly workers: readonly WorkersMeasured[];
  readonly memory: readonly MemoryMeasured[];
  readonly parse: ParseMeasured | null;
}

export function verdictsOf({ cases, workers, memory, parse }: AllMeasured): Verdict[] {
  const verdicts: Verdict[] = [];
  const say = (what: string, value: number, atMost: number | null, cause = '') =>
    verdicts.push({ what, value, atMost, cause });
  for (const one of cases) {
    say(`${one.case}: write ÷ bare driver`, one.writeToBare, targetOf[one.case]);
  }
  for (const one of cases) {
    const why = 'asking the source included, one shard at a time';
    say(`${one.case}: whole run ÷ bare driver`, one.runSeconds / one.bareSeconds, null, why);
  }
  if (workers.length > 0) {
    const ratio = median(workers.map(({ oneSeconds, twoSeconds }) => twoSeconds / oneSeconds));
    say('two workers ÷ one, cold and next window', ratio, 1.1);
    const bare = cases.slice(0, 2).reduce((sum, { bareSeconds }) => sum + bareSeconds, 0);
    const one = median(workers.map(({ oneSeconds }) => oneSeconds));
    say('one worker, whole runs of both ÷ bare driver', one / bare, null, 'shards overlap');
  }
  if (parse !== null) {
    const why = `JSON.parse and finding names and pairs alone is ${parse.leastRatio.toFixed(2)}`;
    say('parse, validate and normalise ÷ JSON.parse', parse.ratio, 1.6, why);
  }
  for (const { dependencies, growthMebibytes } of memory) {
    const why = 'in MB; mostly garbage that V8 has not collected yet';
    const per = (growthMebibytes * 1.048576 * 100_000) / dependencies;
    say(`memory growth per 100,000 of ${dependencies} dependencies`, per, 80, why);
  }
  const [small, large] = [memory[0], memory.at(-1)];
  if (small !== undefined && large !== undefined && small !== large) {
    const flat = large.growthMebibytes / small.growthMebibytes;
    say(`memory growth at ${large.dependencies} ÷ at ${small.dependencies}`, flat, 1.25);
  }
  return verdicts;
}

export function verdictLines(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ what }) => what.length));
  return verdicts
    .map(({ what, value, atMost, cause }) => {
      const isMissed = atMost !== null && !(value <= atMost);
      const judged = atMost === null ? '' : `≤ ${atMost} ${isMissed ? 'MISSED' : 'met'}`;
      const why = cause !== '' && (isMissed || atMost === null) ? ` (${cause})` : '';
      return `${what.padEnd(width)}   ${value.toFixed(2).padStart(7)}   ${judged}${why}`.trimEnd();
    })
    .join('\n')
    .concat('\n');
}
