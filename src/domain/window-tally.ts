import { type WindowOutcome, windowOutcomes } from './window-outcome.ts';

/** How many windows ended how; an outcome that none had is left out. */
export type WindowTally = Readonly<Partial<Record<WindowOutcome, number>>>;

/** Both together. */
export function addTally(one: WindowTally, other: WindowTally): WindowTally {
  const sums = windowOutcomes.map(
    (outcome) => [outcome, (one[outcome] ?? 0) + (other[outcome] ?? 0)] as const,
  );
  return Object.fromEntries(sums.filter(([, count]) => count > 0));
}

/** As a person reads it: `3 windows: 2 complete, 1 partial`. */
export function textOfTally(tally: WindowTally): string {
  const parts = windowOutcomes.flatMap((outcome) => {
    const count = tally[outcome] ?? 0;
    return count > 0 ? [`${count} ${outcome}`] : [];
  });
  const all = windowOutcomes.reduce((sum, outcome) => sum + (tally[outcome] ?? 0), 0);
  if (all === 0) return 'no windows';
  return `${all} ${all === 1 ? 'window' : 'windows'}: ${parts.join(', ')}`;
}
