import type { Window } from './window.ts';

/** What a run is about; times in epoch milliseconds, `null` where it has no bound. */
export interface SummarizedRun {
  readonly kind: 'ingest' | 'reingest' | 'markStale' | 'prune';
  /** `null` where it is about all of them. */
  readonly source: string | null;
  readonly fromMillis: number | null;
  readonly toMillis: number | null;
}

/** One line that says in Temporal's UI what a run does. */
export function summaryOfRun({ kind, source, fromMillis, toMillis }: SummarizedRun): string {
  switch (kind) {
    case 'ingest':
      return `Read the new windows of ${source}${boundsOf(fromMillis, toMillis)}`;
    case 'reingest':
      return `Read ${source} again${boundsOf(fromMillis, toMillis)}`;
    case 'markStale':
      return `Mark what no source shows any more${toMillis === null ? '' : ` as of ${iso(toMillis)}`}`;
    case 'prune':
      return 'Forget the history that ended before the retention';
  }
}

/** What a person who has found a run in Temporal's UI wants to know next. */
export function detailsOfRun({ kind }: Pick<SummarizedRun, 'kind'>): string {
  const where = 'Its record, with counts and errors, is `GET /api/v1/runs/{first run id}`.';
  switch (kind) {
    case 'ingest':
      return `Starts where the source was last read to, and ends when it has caught up. Each window is planned, read in shards and closed. ${where}`;
    case 'reingest':
      return `Reads windows that were read before, so that holes are mended; where the source is read up to does not change. ${where}`;
    case 'markStale':
      return `Goes over each source by itself. A source that would lose too much at once is left alone, and the run fails. ${where}`;
    case 'prune':
      return `The state of the graph at the start of what is kept stays. ${where}`;
  }
}

/** What the schedule of a source does. */
export function summaryOfTick(source: string): string {
  return `Wake the reading of ${source}`;
}

/** What a step of reading a window is about. */
export function summaryOfWindow(source: string, { endMillis }: Window, step: string): string {
  return `${source}, window that ends ${iso(endMillis)}: ${step}`;
}

function boundsOf(fromMillis: number | null, toMillis: number | null): string {
  const from = fromMillis === null ? '' : ` from ${iso(fromMillis)}`;
  const to = toMillis === null ? '' : ` to ${iso(toMillis)}`;
  return `${from}${to}`;
}

const iso = (millis: number): string => new Date(millis).toISOString();
