import type { PairFactKind } from '../domain/observation.ts';

/** A PromQL expression whose answer gives one kind of fact per pair; evaluated at the window's end. */
export interface Question {
  readonly kind: PairFactKind;
  readonly expression: string;
}
