/** A service that a word may have meant. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Most that are named to whoever has mistyped one. */
const maxSuggestions = 3;
/** A word this long is no slip of the hand. */
const maxLength = 100;
/** A part so short says nothing of what was meant. */
const leastPart = 3;

/** The words beside which names are looked for: the last part of an id or path, in each of its cases. */
export function wordsNear(word: string): string[] {
  if (word === '' || word.length > maxLength) return [];
  const last = lastPart(word);
  const lower = last.toLowerCase();
  const capital = `${lower.slice(0, 1).toUpperCase()}${lower.slice(1)}`;
  return [...new Set([last, lower, capital, last.toUpperCase()])].filter((one) => one !== '');
}

/**
 * Those that a word that names none was probably meant for, the likeliest first.
 *
 * Case does not count. One letter in three may be wrong, missing or too many, or two beside each other
 * changed places; or one is the begin of the other (`payment`, `payment-service`), which counts less.
 */
export function nearestOf(word: string, services: readonly Named[]): string[] {
  if (word.length > maxLength) return [];
  const asked = word.toLowerCase();
  return services
    .map(({ id, name }) => ({ id, distance: distanceTo(asked, id, name) }))
    .filter(({ distance }) => distance < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .slice(0, maxSuggestions)
    .map(({ id }) => id);
}

function distanceTo(asked: string, id: string, name: string): number {
  const last = lastPart(asked);
  const names = [name.toLowerCase(), id.toLowerCase()];
  const slips = Math.min(
    ...names.map((one) => slipsBetween(asked, one)),
    // What comes before the name was wrong: that is the lesser slip.
    last === asked ? Number.POSITIVE_INFINITY : slipsBetween(last, name.toLowerCase()) + 1,
  );
  if (slips < Number.POSITIVE_INFINITY) return slips;
  const [shorter = '', longer = ''] = [last, name.toLowerCase()].sort(
    (a, b) => a.length - b.length,
  );
  const begins = shorter.length >= leastPart && longer.startsWith(shorter);
  return begins ? maxLength + longer.length - shorter.length : Number.POSITIVE_INFINITY;
}

/** How many slips of the hand lie between two words; infinitely many where they are too many. */
function slipsBetween(left: string, right: string): number {
  const most = Math.max(1, Math.floor(Math.max(left.length, right.length) / 3));
  if (Math.abs(left.length - right.length) > most) return Number.POSITIVE_INFINITY;
  const slips = editDistance([...left], [...right]);
  return slips <= most ? slips : Number.POSITIVE_INFINITY;
}

/** Letters to change, add, take or swap with the next one (optimal string alignment). */
function editDistance(left: readonly string[], right: readonly string[]): number {
  let beforeLast: number[] = [];
  let last = [...Array(right.length + 1).keys()];
  for (const [i, letter] of left.entries()) {
    const row = [i + 1];
    for (const [j, other] of right.entries()) {
      const change = (last[j] ?? 0) + (letter === other ? 0 : 1);
      const add = Math.min(row[j] ?? 0, last[j + 1] ?? 0) + 1;
      const isSwap = i > 0 && j > 0 && letter === right[j - 1] && left[i - 1] === other;
      const swap = isSwap ? (beforeLast[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(change, add, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return last.at(-1) ?? 0;
}

function lastPart(word: string): string {
  return word.split(/[:/]/).at(-1) ?? '';
}
