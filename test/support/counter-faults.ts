import { askWindow, nothing, type PairAnswer } from './counter-asking.ts';
import type { CounterHistory } from './counter-history.ts';
import { type Allowed, interpret } from './counter-reference.ts';

/** What is wrong with an answer, in words; nothing if it is allowed. */
function faultOf(answer: PairAnswer, allowed: Allowed): string | undefined {
  const { least, most } = allowed;
  const total = answer.count + answer.unattributed;
  // One process that begins again and again at one count looks like writers that stand still.
  const isUnsure = answer.cannotTell || answer.severalWriters || answer.hasUnknownCount;
  if (answer.severalWriters && !allowed.mayBeWriters) return 'one process taken for several';
  if (allowed.areWriters && !answer.severalWriters) return 'several writers taken for one process';
  if (answer.cannotTell && !allowed.mayBeUnknown) return 'not told though the samples tell it';
  if (answer.isSeen && most === 0) return 'an idle pair is seen';
  if (!answer.isSeen && allowed.mustBeSeen && !isUnsure) return 'a request is not seen';
  if (total > most) return `counted ${total}, more than ${most}`;
  if (total < least && !isUnsure) return `counted ${total}, less than ${least}`;
  if (answer.unattributed > allowed.mostUnattributed) return 'counts of the window given to none';
  return undefined;
}

/** What is wrong with the answers of a history's windows. */
export function faultsOf(history: CounterHistory): string[] {
  const { bounds } = history;
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index] ?? end;
    const answers = askWindow(history, start, end);
    const all = interpret(history, start, end);
    return [...all].flatMap(([pair, allowed]) => {
      const answer = answers.get(pair) ?? nothing;
      const fault = faultOf(answer, allowed);
      return fault === undefined
        ? []
        : [`${pair} (${start}, ${end}]: ${fault} ${JSON.stringify({ answer, allowed })}`];
    });
  });
}
