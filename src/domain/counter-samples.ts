/** A sample of a counter: when, in epoch milliseconds, and how far it had counted. */
export type CounterSample = readonly [atMillis: number, value: number];

/** Samples of a counter that are not farther apart than a reader looks back for the one before. */
export type Life = readonly CounterSample[];

/** What a counter can have counted; NaN, infinite, negative and endless values are no counts. */
export function isCount(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** Cuts samples, in order of time and all of them counts, where two are farther apart than `gapMillis`. */
export function livesOf(samples: readonly CounterSample[], gapMillis: number): Life[] {
  const lives: CounterSample[][] = [];
  let last: CounterSample | undefined;
  for (const sample of samples) {
    const life = lives.at(-1);
    if (life === undefined || last === undefined || sample[0] - last[0] > gapMillis) {
      lives.push([sample]);
    } else {
      life.push(sample);
    }
    last = sample;
  }
  return lives;
}

/**
 * What a life gained in the steps that end after `afterMillis`: its rises, and after a fall the value
 * itself, because a counter falls only to begin again at 0.
 */
export function gainOf(life: Life, afterMillis: number): number {
  let gain = 0;
  let before: CounterSample | undefined;
  for (const sample of life) {
    if (before !== undefined && sample[0] > afterMillis) {
      gain += sample[1] >= before[1] ? sample[1] - before[1] : sample[1];
    }
    before = sample;
  }
  return gain;
}

/** From so many falls on a counter may be written by several processes, whatever it comes back to. */
const fewestFalls = 3;

/** How near a counter comes back to a height for that to be no chance, as a part of the height. */
const nearness = 0.01;

/** A height below which a counter may well have come back by counting. */
const fewestToRegain = 10;

/**
 * Whether several processes write these samples by turns: it falls often, and at least half of the
 * falls are taken back within two samples, which no restart does.
 *
 * A short window holds one or two falls only. There each must lie between two heights that are almost
 * the same, above it or below it: a new process would have to count just as far within two samples.
 *
 * @param gapMillis samples farther apart are of two lives, and what falls between them is no fall
 */
export function hasSeveralWriters(
  samples: readonly CounterSample[],
  gapMillis = Number.POSITIVE_INFINITY,
): boolean {
  let falls = 0;
  let takenBack = 0;
  let isNear = true;
  const heightOf = (index: number) => samples[index]?.[1] ?? Number.NaN;
  for (let i = 1; i < samples.length; i += 1) {
    const [high, low] = [heightOf(i - 1), heightOf(i)];
    if (!(low < high) || (samples[i]?.[0] ?? 0) - (samples[i - 1]?.[0] ?? 0) > gapMillis) continue;
    falls += 1;
    if (heightOf(i + 1) >= high || heightOf(i + 2) >= high) takenBack += 1;
    isNear &&=
      isAlmost(heightOf(i + 1), high) ||
      isAlmost(heightOf(i + 2), high) ||
      isAlmost(low, heightOf(i - 2)) ||
      isAlmost(low, heightOf(i - 3));
  }
  if (falls >= fewestFalls) return 2 * takenBack >= falls;
  return falls > 0 && isNear;
}

/** Whether a counter that was elsewhere between comes back to where a height was, or a little above. */
function isAlmost(value: number, height: number): boolean {
  return height > fewestToRegain && value >= height && value <= height * (1 + nearness);
}

/**
 * Whether one of the writers of interleaved samples counted after `afterMillis`.
 *
 * A sample is of the writer with the highest value that is not above it.
 */
export function anyWriterGrew(samples: readonly CounterSample[], afterMillis: number): boolean {
  const heights: number[] = [];
  for (const [at, value] of samples) {
    let of = -1;
    for (const [index, height] of heights.entries()) {
      if (height <= value && height > (heights[of] ?? -1)) of = index;
    }
    if (of < 0) {
      heights.push(value);
      continue;
    }
    if (at > afterMillis && value > (heights[of] ?? 0)) return true;
    heights[of] = value;
  }
  return false;
}

/** How many samples a copy may lag behind another's reset. */
const mostLate = 1;

/**
 * Copies of one counter, such as of two servers that scrape alike, as one counter.
 *
 * Only a fall within one copy is a reset. A copy that lags behind another adds nothing.
 */
export function mergeCopies(copies: readonly (readonly CounterSample[])[]): CounterSample[] {
  const [only] = copies;
  if (copies.length === 1 && only !== undefined) return [...only];
  const all = copies
    .flatMap((samples, copy) => samples.map((sample) => ({ copy, sample })))
    .sort((a, b) => a.sample[0] - b.sample[0] || a.sample[1] - b.sample[1]);
  const last = new Map<number, { value: number; epoch: number; late: number }>();
  const merged: CounterSample[] = [];
  let level = Number.NEGATIVE_INFINITY;
  let epoch = 0;
  for (const { copy, sample } of all) {
    const [at, value] = sample;
    const before = last.get(copy);
    // What is late by more than that has seen the reset too, and counted beyond where it was.
    let late = before !== undefined && before.epoch < epoch ? before.late + 1 : 0;
    if (late > mostLate) late = 0;
    let of = late > 0 ? (before?.epoch ?? epoch) : epoch;
    if (before !== undefined && value < before.value) {
      if (before.epoch === epoch) {
        epoch += 1;
        level = Number.NEGATIVE_INFINITY;
      }
      of = epoch;
      late = 0;
    }
    last.set(copy, { value, epoch: of, late });
    if (of === epoch && value > level) level = value;
    const previous = merged.at(-1);
    if (previous?.[0] === at) merged[merged.length - 1] = [at, level];
    else merged.push([at, level]);
  }
  return merged;
}

/**
 * Whether each life but the last ended equally long after its last change, give or take `slackMillis`:
 * then something removes what stands still, and a counter that comes back began anew.
 */
export function endsByRule(lives: readonly Life[], slackMillis: number): boolean {
  const stood = lives.slice(0, -1).map((life) => {
    const end = life.at(-1);
    const height = end?.[1];
    const since = life.find(([, value]) => value === height);
    return (end?.[0] ?? 0) - (since?.[0] ?? 0);
  });
  return stood.length >= 2 && Math.max(...stood) - Math.min(...stood) <= slackMillis;
}
