import { askWindow, nothing, type PairAnswer } from './counter-asking.ts';
import type { CounterHistory } from './counter-history.ts';
import { type Allowed, interpret } from './counter-reference.ts';

/** What is wrong with an answer, in words; nothing if it is allowed. */
export function faultOf(answer: PairAnswer, allowed: Allowed): string | undefined {
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

/** Where the windows of a history do not add up to what all of it at once comes to, though both are told. */
export function gapsBetweenWindows(history: CounterHistory): string[] {
  const { bounds } = history;
  const spans = bounds.slice(1).map((end, index) => [bounds[index] ?? end, end] as const);
  const whole = [bounds[0] ?? 0, bounds.at(-1) ?? 0] as const;
  const judged = [...spans, whole].map(([start, end]) => ({
    answers: askWindow(history, start, end),
    all: interpret(history, start, end),
  }));
  const pairs = [...(judged[0]?.all.keys() ?? [])];
  return pairs.flatMap((pair) => {
    const ofPair = judged.map(({ answers, all }) => ({
      answer: answers.get(pair) ?? nothing,
      allowed: all.get(pair),
    }));
    const areTold = ofPair.every(
      ({ answer, allowed }) =>
        !answer.cannotTell && !answer.severalWriters && allowed?.because.length === 0,
    );
    const totals = ofPair.map(({ answer }) => answer.count + answer.unattributed);
    const ofWhole = totals.pop() ?? 0;
    const sum = totals.reduce((all, one) => all + one, 0);
    return areTold && sum !== ofWhole ? [`${pair}: ${totals.join(' + ')} is not ${ofWhole}`] : [];
  });
}
