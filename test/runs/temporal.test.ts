import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inTemporal, openTemporal } from '../../src/runs/temporal.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { AppError } from '../../src/runtime/errors.ts';

function temporalAt(address: string) {
  const temporal = openTemporal(loadConfig({ TEMPORAL_ADDRESS: address }));
  onTestFinished(() => temporal.close());
  return temporal;
}

/** What is said of a Temporal; it is asked as long as `ping` asks. */
const saidOf = (address: string) =>
  temporalAt(address)
    .ping()
    .then(
      () => 'it answers',
      (error: unknown) => (error instanceof AppError ? [error.code, error.message] : error),
    );

describe('a Temporal that cannot be reached', { timeout: 30_000 }, () => {
  it('is said with the setting to check and what the operating system says', async () => {
    expect(await saidOf('127.0.0.1:1')).toEqual([
      'TemporalUnavailable',
      'Temporal cannot be reached: check TEMPORAL_ADDRESS (connect ECONNREFUSED 127.0.0.1:1).',
    ]);
  });

  it('is said where there is no such name', async () => {
    expect(await saidOf('nowhere.invalid')).toEqual([
      'TemporalUnavailable',
      expect.stringMatching(
        /^Temporal cannot be reached: check TEMPORAL_ADDRESS \(.*nowhere\.invalid.*\)\.$/,
      ),
    ]);
  });

  it('is said where something listens and does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await saidOf(`127.0.0.1:${port}`)).toEqual([
      'TemporalUnavailable',
      'Temporal cannot be reached: check TEMPORAL_ADDRESS (no answer in time).',
    ]);
  });

  it('is not what other errors are taken for', async () => {
    const error = new TypeError('x is not a function');
    const work = inTemporal({ latestFailure: () => null }, () => Promise.reject(error));
    await expect(work).rejects.toBe(error);
  });
});
