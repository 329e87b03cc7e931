import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { Sample } from '../../src/sources/answer.ts';
import { readWindow } from '../support/read-window.ts';
import { aClient, aSource, censusAnswer, errorOf, untold, aWindow as window } from './doubles.ts';

interface Said {
  samples?: readonly Sample[];
  warnings?: readonly string[];
}

/** A client whose answers are chosen by what occurs in the question; to the rest it says nothing. */
function clientThat(answers: Readonly<Record<string, Said>>) {
  const asked: { expression: string; atMillis: number }[] = [];
  const client = aClient({
    labelValues: untold,
    labelNames: untold,
    async query(expression, atMillis) {
      asked.push({ expression, atMillis });
      const [, said] = Object.entries(answers).find(([key]) => expression.includes(key)) ?? [];
      return { samples: said?.samples ?? [], warnings: said?.warnings ?? [] };
    },
  });
  return { client, asked };
}

const pair = { client: 'a', server: 'b' };
const survey = 'count by (failed';
const census = '"nearStart/0"';
const present = { [survey]: {}, [census]: censusAnswer(5) };

describe('reading a window', () => {
  it('asks everything at the end of the window', async () => {
    const { client, asked } = clientThat(present);
    await readWindow(client, aSource(), window);
    expect(new Set(asked.map(({ atMillis }) => atMillis))).toEqual(new Set([window.endMillis]));
  });

  it('puts together what the questions answer about one pair', async () => {
    const { client } = clientThat({
      ...present,
      _seconds: {},
      request_failed_total: { samples: [{ labels: pair, value: 2 }] },
      'sum by': { samples: [{ labels: pair, value: 9 }] },
      connection_info: { samples: [{ labels: pair, value: 1 }] },
    });
    const reading = await readWindow(client, aSource(), window);
    expect(reading).toMatchObject({ outcome: 'complete', valuesRead: 3, warnings: [] });
    expect(reading.observations).toMatchObject([
      { dependencyId: 'a~~b', requests: 9, failedRequests: 2, listed: true },
    ]);
  });

  it('counts dropped values as read', async () => {
    const { client } = clientThat({
      ...present,
      connection_info: { samples: [{ labels: {}, value: 1 }] },
    });
    const { valuesRead, dropped } = await readWindow(client, aSource(), window);
    expect([valuesRead, dropped.missingClient]).toEqual([1, 1]);
  });

  it('takes an empty count for zero, and is suspicious of a window without samples', async () => {
    const { client } = clientThat({});
    const reading = await readWindow(client, aSource(), window);
    expect(reading.census).toEqual({
      series: 0,
      nearStart: 0,
      nearEnd: 0,
      cannotTell: 0,
      broken: 0,
    });
    expect(reading.outcome).toBe('suspicious');
  });

  const warnings = ['one store did not answer'];

  it.each([survey, 'sum by', 'connection_info'])(
    'is partial by a warning on a question that decides which pairs are seen: %s',
    async (question) => {
      const { client } = clientThat({ ...present, _seconds: {}, [question]: { warnings } });
      const reading = await readWindow(client, aSource(), window);
      expect([reading.outcome, reading.warnings]).toEqual(['partial', warnings]);
    },
  );

  it.each([census, '_seconds_bucket', 'request_failed_total'])(
    'only counts a warning on another question: %s',
    async (question) => {
      const said = { [question]: { ...(question === census ? censusAnswer(5) : {}), warnings } };
      const { client } = clientThat({ ...present, ...said });
      const reading = await readWindow(client, aSource(), window);
      expect([reading.outcome, reading.warnings]).toEqual(['complete', warnings]);
    },
  );

  it.each<[string, () => Said]>([
    ['answered with a warning', () => ({ samples: [{ labels: pair, value: 2 }], warnings })],
    [
      'rejected',
      () => {
        throw new AppError('InvalidMetrics', 'No.');
      },
    ],
  ])('does not know which requests failed where that is %s', async (_, answer) => {
    const { client } = clientThat({
      ...present,
      _seconds: {},
      'sum by': { samples: [{ labels: pair, value: 9 }] },
    });
    const told = {
      ...client,
      async query(expression: string, atMillis: number) {
        if (!expression.includes('failed_total')) return client.query(expression, atMillis);
        return { samples: [], warnings: [], ...answer() };
      },
    };
    const reading = await readWindow(told, aSource(), window);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 1 });
    expect(reading.observations).toMatchObject([{ requests: 9, failedRequests: null }]);
  });

  it('does not take a count that is no number for samples', async () => {
    const { client } = clientThat({ [census]: censusAnswer(Number.NaN) });
    const reading = await readWindow(client, aSource(), window);
    expect(reading.outcome).not.toBe('complete');
    expect(reading.census.series).not.toBeNaN();
  });

  it('knows nothing of the window when one question fails', async () => {
    const { client } = clientThat(present);
    const failing = {
      ...client,
      async query(expression: string, atMillis: number) {
        if (!expression.includes('connection_info')) return client.query(expression, atMillis);
        throw new AppError('PrometheusUnavailable', 'It is gone.');
      },
    };
    const error = await errorOf(readWindow(failing, aSource(), window));
    expect(error.code).toBe('PrometheusUnavailable');
  });
});
