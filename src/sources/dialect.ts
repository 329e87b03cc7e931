import type { PairFact, PairFactKind } from '../domain/observation.ts';
import type { Window } from '../domain/window.ts';
import type { Census } from '../domain/window-outcome.ts';
import type { Sample } from './answer.ts';
import type { Source } from './source.ts';

/** What is asked about: a window of a source, or the part of it that the matchers select. */
export interface Scope {
  readonly source: Source;
  readonly window: Window;
  /** PromQL matchers of one shard; none for the whole window. */
  readonly matchers: readonly string[];
  /** Every producer of the window had samples before it, so no question needs to find that out. */
  readonly everyProducerBefore?: boolean;
}

/** A PromQL expression whose answer gives one kind of fact per pair; evaluated at the window's end. */
export interface Question {
  readonly kind: PairFactKind;
  readonly expression: string;
}

/** What is counted of a window by asking, not by adding up what was read. */
export type CensusCount = keyof Census | 'cannotTell' | 'broken';

/** The sides of a pair; a window is cut into shards by its clients, and those by their servers. */
export type Side = 'client' | 'server';

/** How a window is cut by one side of its pairs. */
export interface Cut {
  /** The label whose values are told apart. */
  readonly label: string;
  /** Counts the series of all labels that name the side, for every counter that can show a pair. */
  counts(scope: Scope): readonly string[];
}

/** How a producer's metrics spell a service graph: what to ask of a window, and how to read it. */
export interface Dialect {
  /** The questions that decide which pairs the window shows, and how much traffic they had. */
  questions(scope: Scope): readonly Question[];
  /** The questions about latency; a window is whole without their answers. */
  latencyQuestions(scope: Scope): readonly Question[];
  /** Expressions that count series; each answers one number, or nothing for 0. */
  census(scope: Scope): Readonly<Record<CensusCount, string>>;
  /** Counts producers without samples before the window; `null` where that cannot be counted. */
  newProducers(scope: Scope): string | null;
  readonly cuts: Readonly<Record<Side, Cut>>;
  /** Which pairs have series in the window; every element has the labels that `read` needs. */
  present(scope: Scope): string;
  /** The one place that turns a sample into a fact; the source's own labels are in it. */
  read(source: Source, kind: PairFactKind, sample: Sample): PairFact;
}
