import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { tooMuch, type VectorAnswer } from '../../src/sources/answer.ts';
import type { PrometheusClient, Steps } from '../../src/sources/prometheus-client.ts';
import { createRangedClient } from '../../src/sources/ranged-client.ts';
import { emptyIndex } from './doubles.ts';

const minute = 60_000;
const steps: Steps = { firstMillis: minute, count: 8, stepMillis: minute };
const ends = Array.from({ length: 8 }, (_, index) => (index + 1) * minute);
const answerAt = (expression: string, at: number, warnings: string[] = []): VectorAnswer => ({
  samples: [{ labels: { expression }, value: at }],
  warnings,
});

/** A server that answers as told, and what it was asked. */
function server(refuses: (asked: Steps) => string[] | AppError = () => []) {
  const asked: (number | [number, number])[] = [];
  const client: PrometheusClient = {
    async query(expression, at) {
      asked.push(at);
      return answerAt(expression, at);
    },
    async queryRange(expression, range) {
      asked.push([range.firstMillis, range.count]);
      const refused = refuses(range);
      if (refused instanceof AppError) throw refused;
      return Array.from({ length: range.count }, (_, index) =>
        answerAt(expression, range.firstMillis + index * range.stepMillis, refused),
      );
    },
    ...emptyIndex,
  };
  return { client: createRangedClient(client, steps), asked };
}

describe('a client that reads ahead', () => {
  it('answers all windows of an expression from one request', async () => {
    const { client, asked } = server();
    for (const end of ends) expect(await client.query('x', end)).toEqual(answerAt('x', end));
    expect(asked).toEqual([[minute, 8]]);
  });

  it('asks each expression for itself', async () => {
    const { client, asked } = server();
    for (const end of ends.slice(0, 2)) {
      for (const expression of ['x', 'y']) {
        expect(await client.query(expression, end)).toEqual(answerAt(expression, end));
      }
    }
    expect(asked).toEqual([
      [minute, 8],
      [minute, 8],
    ]);
  });

  it('asks on from where it is first asked', async () => {
    const { client, asked } = server();
    await client.query('x', 3 * minute);
    expect(asked).toEqual([[3 * minute, 6]]);
  });

  it('asks again for what was taken already, as a retry does', async () => {
    const { client } = server();
    await client.query('x', minute);
    await client.query('x', 2 * minute);
    expect(await client.query('x', 2 * minute)).toEqual(answerAt('x', 2 * minute));
  });

  it('asks plainly for a time that is not of the grid', async () => {
    const { client, asked } = server();
    await client.query('x', minute + 1);
    await client.query('x', 9 * minute);
    expect(asked).toEqual([minute + 1, 9 * minute]);
  });

  it('asks in halves, down to one, where the range is too much', async () => {
    const { client, asked } = server(({ count }) => (count > 2 ? tooMuch('much') : []));
    for (const end of ends) expect(await client.query('x', end)).toEqual(answerAt('x', end));
    expect(asked.slice(0, 3)).toEqual([
      [minute, 8],
      [minute, 4],
      [minute, 2],
    ]);
  });

  it('takes no warning of a range for one of a window', async () => {
    const { client, asked } = server(() => ['a store was away']);
    for (const end of ends) expect((await client.query('x', end)).warnings).toEqual([]);
    expect(asked.filter((one) => typeof one === 'number')).toEqual(ends);
  });

  it('throws on where the server is away', async () => {
    const { client } = server(() => new AppError('PrometheusUnavailable', 'away'));
    await expect(client.query('x', minute)).rejects.toMatchObject({
      code: 'PrometheusUnavailable',
    });
  });
});
