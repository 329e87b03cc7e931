import type { PairFact, PairFactKind } from '../domain/observation.ts';
import type { Window } from '../domain/window.ts';
import type { Census } from '../domain/window-outcome.ts';
import type { Sample } from './answer.ts';
import type { Source } from './source.ts';

/** A PromQL expression whose answer gives one kind of fact per pair; evaluated at the window's end. */
export interface Question {
  readonly kind: PairFactKind;
  readonly expression: string;
}

/** How a producer's metrics spell a service graph: what to ask of a window, and how to read it. */
export interface Dialect {
  /** The questions that decide which pairs the window shows, and how much traffic they had. */
  questions(source: Source, window: Window): readonly Question[];
  /** The questions about latency; a window is whole without their answers. */
  latencyQuestions(source: Source, window: Window): readonly Question[];
  /** Expressions that count series; each answers one number, or nothing for 0. */
  census(source: Source, window: Window): Readonly<Record<keyof Census, string>>;
  read(source: Source, kind: PairFactKind, sample: Sample): PairFact;
}
