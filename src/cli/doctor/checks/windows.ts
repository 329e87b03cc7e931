import type { WindowReason } from '../../../domain/window-outcome.ts';
import type { WindowRow } from '../../../graph/window-queries.ts';
import type { ExaminedSource, SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { settingOf } from '../settings.ts';
import { adviceOfDropped, adviceOfNotes } from './window-advice.ts';

/** Whether a source is read at all, and up to now. */
export const sourceIsRead: SourceCheck = {
  name: 'read',
  async check({ source, records: read, nowMillis }) {
    const records = await read();
    if (records === null || records.frontierMillis === null) return [];
    // A window is read when it has settled; two more may be under way or be tried again.
    const dueMillis = nowMillis - source.settleMillis - 3 * source.intervalMillis;
    const until = new Date(records.frontierMillis).toISOString();
    if (records.frontierMillis >= dueMillis) {
      return [{ outcome: 'ok', message: `it is read up to ${until}` }];
    }
    const message = `it is read up to ${until} only: look whether a worker runs and its schedule is not paused, or run topolog migrate, which makes schedules`;
    return [{ outcome: 'doubtful', message, setting: 'TEMPORAL_TASK_QUEUE' }];
  },
};

/** Whether its run tries again and again. */
export const runIsFailing: SourceCheck = {
  name: 'run',
  async check({ config, records }) {
    const run = (await records())?.failing ?? null;
    if (run === null) return [];
    const since = new Date(run.failingSinceMillis ?? run.startedAtMillis).toISOString();
    const message = `its run ${run.id} is failing since ${since}: ${run.error ?? ''}`;
    return [{ outcome: 'doubtful', message, setting: settingOf(config, 'url') }];
  },
};

/** Whether its last windows were complete. */
export const windowsAreComplete: SourceCheck = {
  name: 'windows',
  async check({ config, records }) {
    const windows = (await records())?.windows ?? [];
    const incomplete = windows.filter(({ outcome }) => outcome !== 'complete');
    if (windows.length === 0) return [];
    if (incomplete.length === 0) {
      return [{ outcome: 'ok', message: `its last ${windows.length} windows are complete` }];
    }
    const reasons = countsOf(incomplete.flatMap((window) => window.reasons));
    const share = `${incomplete.length} of its last ${windows.length} windows are not complete`;
    if (reasons.size === 0) return [{ outcome: 'doubtful', message: share }];
    return [...reasons].map(([reason, count]): Found => {
      const { because, setting } = adviceOfReason(reason, config);
      const said = errorOf(incomplete, reason);
      const message = `${share}, ${count} because ${because}${said}`;
      return { outcome: 'doubtful', message, ...(setting === null ? {} : { setting }) };
    });
  },
};

/** What the last windows say was left out, not answered, or odd. */
export const windowsTell: SourceCheck = {
  name: 'told',
  async check(examined) {
    const windows = (await examined.records())?.windows ?? [];
    if (windows.length === 0) return [];
    return [
      ...adviceOfDropped(sumsOf(windows, 'droppedReasons', 'droppedCounts'), windows),
      ...adviceOfNotes(sumsOf(windows, 'notes', 'noteCounts'), windows, examined),
      ...unclear(examined, windows),
    ];
  },
};

/** What cannot be told now and then comes with restarts; in most windows it is the setting. */
function unclear({ config }: ExaminedSource, windows: readonly WindowRow[]): Found[] {
  const found: Found[] = [];
  const most = (holds: (window: WindowRow) => boolean) =>
    windows.length > 2 && windows.filter(holds).length > windows.length / 2;
  if (most(({ cannotTell }) => cannotTell > 0)) {
    const setting = settingOf(config, 'kindLabels');
    const message = `in most of its last ${windows.length} windows it could not be told of some series when they began: name in ${setting} the labels that tell kinds of requests, not producers, and have process_start_time_seconds scraped from the producers`;
    found.push({ outcome: 'doubtful', message, setting });
  }
  if (most(({ unanswered }) => unanswered > 0)) {
    const setting = 'PROMETHEUS_TIMEOUT_SECONDS';
    const message = `in most of its last ${windows.length} windows questions about latency or failures were not answered whole: raise the limits of the source, or ${setting}`;
    found.push({ outcome: 'doubtful', message, setting });
  }
  return found;
}

interface Advice {
  readonly because: string;
  readonly setting: string | null;
}

function adviceOfReason(reason: WindowReason, config: ExaminedSource['config']): Advice {
  const samples = settingOf(config, 'scrapeInterval');
  const advice: Readonly<Record<WindowReason, Advice>> = {
    planRejected: {
      because: 'the source refuses the questions by which a window is planned',
      setting: settingOf(config, 'dialect'),
    },
    shardLost: {
      because: 'the source refuses a part of the answers: raise its limits, or ask for less',
      setting: 'INGEST_SHARD_SERIES',
    },
    warnings: { because: 'the source says that it answered in part', setting: null },
    producerMissing: {
      because: 'a producer that was there before is not: look whether it runs and is scraped',
      setting: 'MISSING_PRODUCER_HOURS',
    },
    noSamplesNearStart: {
      because: `there are no samples near the start: a gap, or ${samples} is too short`,
      setting: samples,
    },
    noSamplesNearEnd: {
      because: `there are no samples near the end: a gap, late samples, or ${samples} is too short`,
      setting: `${settingOf(config, 'settle')}, ${samples}`,
    },
    fewSeries: {
      because: 'they have far fewer series than the day before',
      setting: 'SUSPICIOUS_SERIES_RATIO',
    },
    overflow: {
      because:
        'a producer ran out of room and did not name whose requests it counted: raise its limit of series',
      setting: null,
    },
  };
  return advice[reason];
}

/** What the source said, of the newest window with that reason. */
function errorOf(windows: readonly WindowRow[], reason: WindowReason): string {
  const window = windows.find(({ reasons }) => reasons.includes(reason));
  const said = window?.error ?? (reason === 'warnings' ? window?.warnings[0] : undefined);
  return said ? ` (${said.slice(0, 300)})` : '';
}

function countsOf<T>(all: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

/** Sums of counts that windows keep beside their names. */
function sumsOf(
  windows: readonly WindowRow[],
  names: 'droppedReasons' | 'notes',
  counts: 'droppedCounts' | 'noteCounts',
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const window of windows) {
    for (const [index, name] of window[names].entries()) {
      sums.set(name, (sums.get(name) ?? 0) + (window[counts][index] ?? 0));
    }
  }
  return sums;
}
