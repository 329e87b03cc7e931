import type { DropReason } from '../../../domain/normalize.ts';
import type { Note } from '../../../domain/notes.ts';
import type { WindowRow } from '../../../graph/window-queries.ts';
import type { ExaminedSource } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { settingOf } from '../settings.ts';

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

/** What a window notes besides what is odd about its observations. */
type WindowNote = 'severalWriters' | 'notRead' | 'unattributed' | 'overflowRequests';

interface NoteAdvice extends Advice {
  /** What is counted; the share is of observations alone. */
  readonly things: 'observations' | 'series' | 'requests';
}

/** Which notes are worth a word; the others are how things are. */
function advicesOfNotes({
  config,
  source,
}: Pick<ExaminedSource, 'config' | 'source'>): Readonly<
  Partial<Record<Note | WindowNote, NoteAdvice>>
> {
  const notReadBy = (['dialect', 'istioReporter', 'metricPrefix'] as const).filter(
    (name) => name === 'dialect' || source[name] !== undefined,
  );
  const leavingOut = notReadBy.map((name) => settingOf(config, name)).join(', ');
  // Who names one of a mesh's proxies means to leave the other out.
  const isMeant = source.istioReporter !== undefined;
  const reach = settingOf(config, 'reach');
  return {
    addressName: {
      things: 'observations',
      what: 'have a side that is named by an address, which may be any service',
      setting: 'relabel',
      fromShare: 0.1,
    },
    severalWriters: {
      things: 'series',
      what: 'are written by several processes in turn, so their requests cannot be counted: give each process an instance label of its own, or each Prometheus external labels',
      setting: 'instance labels, or external labels, of what writes the metrics',
      fromShare: 0,
    },
    uncounted: {
      things: 'observations',
      what: 'are of pairs that were seen and whose requests cannot be counted, as where several processes write one series',
      setting: 'instance labels, or external labels, of what writes the metrics',
      fromShare: 0,
    },
    unattributed: {
      things: 'requests',
      what: `were counted in gaps between samples longer than ${reach}, so they belong to no window: give it more than the longest pause`,
      setting: reach,
      fromShare: 0,
    },
    moreFailedThanRequests: {
      things: 'observations',
      what: 'have more failures than requests, so their share of failures is not known: two producers are mixed up, or one writes failures alone',
      setting: `${settingOf(config, 'dialect')}, ${settingOf(config, 'kindLabels')}`,
      fromShare: 0,
    },
    ...(isMeant
      ? {}
      : {
          notRead: {
            things: 'series',
            what: `are there and not read, because of ${leavingOut}`,
            setting: leavingOut,
            fromShare: 0,
          },
        }),
    overflowRequests: {
      things: 'requests',
      what: 'were counted by a producer that ran out of room and did not say whose they are: raise its limit of series',
      setting: 'the limit of active series of the generator',
      fromShare: 0,
    },
  };
}

/** What the values that were left out say, with how many there were of how many. */
export function adviceOfDropped(
  sums: ReadonlyMap<string, number>,
  windows: readonly WindowRow[],
): Found[] {
  const all = windows.reduce((sum, { valuesRead }) => sum + valuesRead, 0);
  const advices: Readonly<Record<string, Advice | undefined>> = dropped;
  return [...sums].flatMap(([name, count]): Found[] => {
    const advice = advices[name];
    if (advice === undefined) return [];
    return told(name, advice, count, all, ` of ${all} values`, windows.length);
  });
}

/** What was odd about observations, or about the windows as a whole. */
export function adviceOfNotes(
  sums: ReadonlyMap<string, number>,
  windows: readonly WindowRow[],
  examined: Pick<ExaminedSource, 'config' | 'source'>,
): Found[] {
  const all = windows.reduce((sum, { observations }) => sum + observations, 0);
  const advices: Readonly<Record<string, NoteAdvice | undefined>> = advicesOfNotes(examined);
  return [...sums].flatMap(([name, count]): Found[] => {
    const advice = advices[name];
    if (advice === undefined) return [];
    const of = advice.things === 'observations' ? ` of ${all}` : '';
    return told(name, advice, count, all, `${of} ${advice.things}`, windows.length);
  });
}

function told(
  name: string,
  { what, setting, fromShare }: Advice,
  count: number,
  all: number,
  things: string,
  windows: number,
): Found[] {
  if (count === 0 || count < fromShare * all) return [];
  const message = `${count}${things} of its last ${windows} windows ${what} (${name})`;
  return [{ outcome: 'doubtful', message, setting }];
}
