import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { readWindow } from '../support/read-window.ts';
import { aClient, aSource, aWindow, censusAnswer, isCensus, untold } from './doubles.ts';

/** A client with one pair, whose answers to questions about latency are made by the test. */
function clientWhere(latency: () => never) {
  const asked: string[] = [];
  const client = aClient({
    labelValues: untold,
    async query(expression) {
      if (expression.includes('_seconds_')) {
        asked.push(expression);
        return latency();
      }
      if (isCensus(expression)) return censusAnswer(5);
      const labels = { client: 'a', server: 'b' };
      return { samples: [{ labels, value: 5 }], warnings: [] };
    },
  });
  return { client, asked };
}

const failing = (code: 'InvalidMetrics' | 'PrometheusUnavailable' | 'UnknownSource') => () => {
  throw new AppError(code, 'No.');
};

describe('a window whose latency cannot be had', () => {
  it('is complete, and counts each question that was rejected', async () => {
    const { client, asked } = clientWhere(failing('InvalidMetrics'));
    const reading = await readWindow(client, aSource(), aWindow);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 15, warnings: [] });
    expect(asked).toHaveLength(15);
    expect(reading.observations[0]).not.toHaveProperty('latency');
  });

  it('does not wait for every question of a server that stopped answering', async () => {
    const { client, asked } = clientWhere(failing('PrometheusUnavailable'));
    const reading = await readWindow(client, aSource(), aWindow);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 15 });
    expect(asked).toHaveLength(1);
  });

  it('ends with what called it off', async () => {
    const { client } = clientWhere(() => {
      throw new Error('called off');
    });
    await expect(readWindow(client, aSource(), aWindow)).rejects.toThrow('called off');
  });

  it('ends with an error that has nothing to do with the question', async () => {
    const { client } = clientWhere(failing('UnknownSource'));
    await expect(readWindow(client, aSource(), aWindow)).rejects.toThrow('No.');
  });
});
