import type { Mode } from './dependency.ts';
import { problemOfText } from './known-services.ts';

/** A connection type of a window, numbered in the order of appearance. */
export interface KnownType {
  readonly index: number;
  /** As a pair that has no other has it; one array for all of them. */
  readonly alone: readonly [string];
  /** How a client uses a server over it. */
  readonly mode: Mode;
}

/** What a type has in it whose client hands over a message and does not wait. */
const handsOver = /async|queue/i;

/** The mode that a connection type stands for: what is no message and says nothing of a queue is waited for. */
export function modeOfType(label: string): Mode {
  return label === 'messaging_system' || handsOver.test(label) ? 'async' : 'sync';
}

/** Which connection types the pairs of a window have; nearly all pairs have one. */
export function createConnectionTypes() {
  const all: KnownType[] = [];
  const byLabel = new Map<string, KnownType | 'nameTooLong' | 'invalidName'>();
  /** Of the rows that have several: all of them. */
  const several = new Map<number, Set<string>>();
  const aloneOf = (index: number): readonly string[] => all[index]?.alone ?? [];

  return {
    /** The type that a label says, or why it says none. */
    of(label: string): KnownType | 'nameTooLong' | 'invalidName' {
      const known = byLabel.get(label);
      if (known !== undefined) return known;
      const problem = problemOfText(label);
      const alone = [label === '' ? 'direct' : label] as const;
      const type = { index: all.length, alone, mode: modeOfType(label) };
      byLabel.set(label, problem ?? type);
      if (problem === null) all.push(type);
      return problem ?? type;
    },
    /** Takes note that the pair of a row, whose first type is known, has another one. */
    addAnother(row: number, first: number, { alone }: KnownType): void {
      const types = several.get(row) ?? new Set(aloneOf(first));
      several.set(row, types.add(alone[0]));
    },
    /** Forgets all but the first type of a row. */
    forgetOthers(row: number): void {
      several.delete(row);
    },
    /** All types of a row, sorted. */
    ofRow(row: number, first: number): readonly string[] {
      const types = several.get(row);
      return types === undefined ? aloneOf(first) : [...types].sort();
    },
  };
}
