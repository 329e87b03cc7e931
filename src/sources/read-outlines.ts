import { isCount } from '../domain/counter-samples.ts';
import type { Sample } from './answer.ts';
import type { CounterAsking } from './counter-asking.ts';
import { familyOf, producerLabelsOf, textOfLabels, withoutReplicas } from './counter-labels.ts';
import { outlineQuestions } from './counter-questions.ts';
import type { ReadSeries } from './read-samples.ts';

/**
 * The first and the last value of series that were absent before the window and are there at its end.
 *
 * In a first window, or after an outage, everything is new. Four numbers of each series are a third of
 * its samples, and one answer is one request. A series that was reset is left out, as its least value
 * is not its first.
 */
export async function readOutlines(asking: CounterAsking): Promise<ReadSeries[]> {
  const { counter, scope } = asking;
  const { labels, window, scrapeIntervalMillis } = scope;
  const questions = outlineQuestions(counter, scope);
  const least = byText(await asking.ask(questions.least), asking);
  const samples = byText(await asking.ask(questions.samples), asking);
  const resets = byText(await asking.ask(questions.resets), asking);
  const last = await asking.ask(questions.last);
  return last.samples.flatMap((sample) => {
    const own = withoutReplicas(labels, sample.labels);
    const text = textOfLabels(own);
    const first = least.get(text);
    const count = samples.get(text);
    if (first === undefined || count === undefined || resets.has(text)) return [];
    if (!isCount(first) || !isCount(sample.value)) return [];
    const lastAt = window.endMillis - scrapeIntervalMillis / 2;
    // The earliest that it can have been, so that nobody is taken to have been there before.
    const firstAt = Math.max(
      window.startMillis + 1,
      window.endMillis - count * scrapeIntervalMillis,
    );
    return [
      {
        family: familyOf(labels, own),
        producer: textOfLabels(producerLabelsOf(labels, own)),
        labels: own,
        samples:
          count > 1
            ? [
                [firstAt, first],
                [lastAt, sample.value],
              ]
            : [[lastAt, sample.value]],
        isOutline: true,
        inSums: 0,
      } satisfies ReadSeries,
    ];
  });
}

function byText({ samples }: { readonly samples: readonly Sample[] }, { scope }: CounterAsking) {
  return new Map(
    samples.map(({ labels, value }) => [
      textOfLabels(withoutReplicas(scope.labels, labels)),
      value,
    ]),
  );
}
