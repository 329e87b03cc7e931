import type { DropReason } from '../../../domain/normalize.ts';
import type { Note } from '../../../domain/notes.ts';
import type { WindowRow } from '../../../graph/window-queries.ts';
import type { Found } from '../finding.ts';

interface Advice {
  readonly what: string;
  readonly setting: string;
  /** Of all values or observations, from where on it is worth a word. */
  readonly fromShare: number;
}

/** Which values that were left out are worth a word; those of a rule of the operator's are not. */
const dropped: Readonly<Partial<Record<DropReason, Advice>>> = {
  overflow: {
    what: 'are of series that the generator of the metrics no longer keeps apart',
    setting: 'the limit of active series of the generator',
    fromShare: 0,
  },
  missingClient: {
    what: 'name no client',
    setting: 'dialect or labels of the source',
    fromShare: 0.1,
  },
  missingServer: {
    what: 'name no server',
    setting: 'dialect or labels of the source',
    fromShare: 0.1,
  },
  invalidName: {
    what: 'have names with bytes that no name has',
    setting: 'relabel',
    fromShare: 0.1,
  },
  nameTooLong: { what: 'have names that are too long', setting: 'relabel', fromShare: 0 },
  invalidValue: {
    what: 'are no numbers that a counter can have',
    setting: 'what writes the metrics',
    fromShare: 0,
  },
};

/** Which oddities of observations are worth a word; the others are how things are. */
const noted: Readonly<Partial<Record<Note, Advice>>> = {
  addressName: {
    what: 'have a side that is named by an address, which may be any service',
    setting: 'relabel',
    fromShare: 0.1,
  },
};

/** What the values that were left out say, with how many there were of how many. */
export function adviceOfDropped(
  sums: ReadonlyMap<string, number>,
  windows: readonly WindowRow[],
): Found[] {
  const all = windows.reduce((sum, { valuesRead }) => sum + valuesRead, 0);
  return found(sums, dropped, all, 'values', windows.length);
}

/** What was odd about observations. */
export function adviceOfNotes(
  sums: ReadonlyMap<string, number>,
  windows: readonly WindowRow[],
): Found[] {
  const all = windows.reduce((sum, { observations }) => sum + observations, 0);
  return found(sums, noted, all, 'observations', windows.length);
}

function found(
  sums: ReadonlyMap<string, number>,
  advices: Readonly<Record<string, Advice | undefined>>,
  all: number,
  things: string,
  windows: number,
): Found[] {
  return [...sums].flatMap(([name, count]): Found[] => {
    const advice = advices[name];
    if (advice === undefined || count === 0 || count < advice.fromShare * all) return [];
    const { what, setting } = advice;
    const message = `${count} of ${all} ${things} of its last ${windows} windows ${what} (${name})`;
    return [{ outcome: 'doubtful', message, setting }];
  });
}
