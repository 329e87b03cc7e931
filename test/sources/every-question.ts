import { parser } from '@prometheus-io/lezer-promql';
import { scopeOf } from '../../src/sources/asking.ts';
import { takeCensus } from '../../src/sources/census.ts';
import { countSide } from '../../src/sources/count-side.ts';
import { outlineQuestions } from '../../src/sources/counter-questions.ts';
import type { Dialect } from '../../src/sources/dialect.ts';
import { readPart } from '../../src/sources/read-part.ts';
import { type AskingGiven, anAsking, aWindow } from './doubles.ts';

/** The names of the nodes of an expression; an error is one of them. */
export function nodesOf(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ name, type }) => {
      names.push(type.isError ? 'error' : name);
    },
  });
  return names;
}

/** A series that appears in the window, small and as it was, so that all of its past matters. */
const labels = { client: 'a', server: 'b', job: 'j', instance: 'i' };
const appearsAt = aWindow.startMillis + 600_000;

/**
 * Every question that a reading may ask of a window: one series is listed in each of its counters, and
 * everything is asked of it.
 */
export async function questionsOf(
  dialect: Dialect,
  given: Omit<AskingGiven, 'client'> = {},
): Promise<string[]> {
  const asked: string[] = [];
  const asking = anAsking(dialect, {
    ...given,
    client: {
      async query(expression) {
        asked.push(expression);
        const isListing = expression.includes('label_replace(') && expression.startsWith('sum ');
        const own = isListing ? { ...labels, topolog: 'out' } : labels;
        return { samples: [{ labels: own, value: 5 }], warnings: [] };
      },
      async queryRaw(expression) {
        asked.push(expression);
        return { series: [{ labels, samples: [[appearsAt, 5]] }], warnings: [] };
      },
    },
  });
  const scope = scopeOf(asking, []);
  await takeCensus(asking, scope);
  for (const side of ['client', 'server'] as const) await countSide(asking, side, []);
  await readPart(asking, [], async () => false);
  for (const { series } of dialect.counters) {
    asked.push(...Object.values(outlineQuestions(series, scope)));
  }
  return [...new Set(asked)];
}
