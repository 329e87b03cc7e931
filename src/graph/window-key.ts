import type { Window } from '../domain/window.ts';

/** Which window of which source is written, and by which run. */
export interface WindowKey {
  readonly source: string;
  readonly run: string;
  readonly window: Window;
}

/** The id of a window's record. */
export function windowId({ source, window }: WindowKey): string {
  const iso = (millis: number) => new Date(millis).toISOString();
  return `${source}|${iso(window.startMillis)}|${iso(window.endMillis)}`;
}
