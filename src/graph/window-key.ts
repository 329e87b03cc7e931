import type { Reading } from '../domain/dependency.ts';
import type { Window } from '../domain/window.ts';

/** Which window of which source is written, and by which run. */
export interface WindowKey {
  readonly source: string;
  readonly run: string;
  readonly window: Window;
  /** Version of the aliases that the window was read with; left out, that before the first alias. */
  readonly aliasVersion?: number;
  /** Whether it is read again, long after it ended. */
  readonly late?: boolean;
}

/** The same, and how the source was read for what is written. */
export interface ReadingKey extends WindowKey {
  readonly reading: Reading;
}

/** A window's record as statements name it: its id, and what it is of. */
export function windowParams({ source, window }: Pick<WindowKey, 'source' | 'window'>) {
  const iso = (millis: number) => new Date(millis).toISOString();
  return {
    windowId: `${source}|${iso(window.startMillis)}|${iso(window.endMillis)}`,
    source,
    start: window.startMillis,
    end: window.endMillis,
  };
}
