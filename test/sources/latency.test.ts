import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { PrometheusClient } from '../../src/sources/prometheus-client.ts';
import { readWindow } from '../support/read-window.ts';
import { aSource } from './doubles.ts';

const window = { startMillis: 900_000, endMillis: 1_800_000 };

/** A client with one pair, whose answers to questions about latency are made by the test. */
function clientWhere(latency: () => never) {
  const asked: string[] = [];
  const client: Pick<PrometheusClient, 'query'> = {
    async query(expression) {
      if (expression.includes('_seconds_')) {
        asked.push(expression);
        return latency();
      }
      const labels = expression.startsWith('count') ? {} : { client: 'a', server: 'b' };
      return { samples: [{ labels, value: 5 }], warnings: [] };
    },
  };
  return { client, asked };
}

const failing = (code: 'InvalidMetrics' | 'PrometheusUnavailable' | 'UnknownSource') => () => {
  throw new AppError(code, 'No.');
};

describe('a window whose latency cannot be had', () => {
  it('is complete, and counts each question that was rejected', async () => {
    const { client, asked } = clientWhere(failing('InvalidMetrics'));
    const reading = await readWindow(client, aSource(), window);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 15, warnings: [] });
    expect(asked).toHaveLength(15);
    expect(reading.observations[0]).not.toHaveProperty('latency');
  });

  it('does not wait for every question of a server that stopped answering', async () => {
    const { client, asked } = clientWhere(failing('PrometheusUnavailable'));
    const reading = await readWindow(client, aSource(), window);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 15 });
    expect(asked).toHaveLength(1);
  });

  it('ends with what called it off', async () => {
    const { client } = clientWhere(() => {
      throw new Error('called off');
    });
    await expect(readWindow(client, aSource(), window)).rejects.toThrow('called off');
  });

  it('ends with an error that has nothing to do with the question', async () => {
    const { client } = clientWhere(failing('UnknownSource'));
    await expect(readWindow(client, aSource(), window)).rejects.toThrow('No.');
  });
});
