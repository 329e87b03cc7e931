import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HashedKeyRow } from '../../src/graph/key-records.ts';
import { createAuthenticator } from '../../src/keys/authenticator.ts';
import { hashOfKey, newKey } from '../../src/keys/key-text.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { keyEpoch, keyOf } from './doubles.ts';

/** An authenticator over rows that a test may change, with what it asked and wrote. */
function authenticatorOver(...rows: HashedKeyRow[]) {
  const kept = new Map(rows.map((row) => [row.id, row]));
  const asked: string[] = [];
  const touched: { id: string; at: number }[][] = [];
  const errors: unknown[] = [];
  const clock = { millis: keyEpoch };
  const failing: { error: Error | null } = { error: null };
  const authenticator = createAuthenticator({
    records: {
      findAll: async (ids) => {
        asked.push(...ids);
        if (failing.error !== null) throw failing.error;
        return ids.flatMap((id) => kept.get(id) ?? []);
      },
      touch: async (all) => {
        if (failing.error !== null) throw failing.error;
        touched.push([...all]);
      },
    },
    now: () => clock.millis,
    onError: (error) => errors.push(error),
    guessEveryMillis: 0,
  });
  const codeOf = (header: string | undefined) =>
    authenticator.authenticate(header, 'here').then(
      ({ id }) => id,
      (error: unknown) => (error instanceof AppError ? error.code : error),
    );
  return { authenticator, kept, asked, touched, errors, clock, failing, codeOf };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a key', () => {
  it('is known by its text in an Authorization header', async () => {
    const { row, text } = keyOf({ environments: ['live'] });
    const { authenticator, codeOf } = authenticatorOver(row);
    expect(await authenticator.authenticate(`Bearer ${text}`, 'here')).toEqual(row);
    expect(await codeOf(`bearer   ${text}  `)).toBe(row.id);
  });

  it('is refused in one way, whatever is wrong with it', async () => {
    const good = keyOf();
    const expired = keyOf({ expiresAtMillis: keyEpoch });
    const revoked = keyOf({ revokedAtMillis: keyEpoch - 1 });
    const { authenticator } = authenticatorOver(good.row, expired.row, revoked.row);
    const headers = [
      undefined,
      '',
      good.text,
      'Bearer',
      'Bearer ',
      `Basic ${Buffer.from(`x:${good.text}`).toString('base64')}`,
      `Bearer ${good.text} ${good.text}`,
      `Bearer ${good.text.toLowerCase()}`,
      `Bearer ${newKey(randomBytes).text}`,
      `Bearer ${newKey(randomBytes, good.row.id).text}`,
      `Bearer ${expired.text}`,
      `Bearer ${revoked.text}`,
    ];
    const refusals = await Promise.all(
      headers.map((header) =>
        authenticator.authenticate(header, 'here').catch((error: unknown) => error),
      ),
    );
    const shown = refusals.map((error) =>
      error instanceof AppError ? { ...error, message: error.message } : error,
    );
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(shown[0]).toMatchObject({ code: 'Unauthenticated', details: {} });
  });

  it('ends at its time, also while it is remembered', async () => {
    const { row, text } = keyOf({ expiresAtMillis: keyEpoch + 1000 });
    const { clock, codeOf, asked } = authenticatorOver(row);
    expect(await codeOf(`Bearer ${text}`)).toBe(row.id);
    clock.millis += 999;
    expect(await codeOf(`Bearer ${text}`)).toBe(row.id);
    clock.millis += 1;
    expect(await codeOf(`Bearer ${text}`)).toBe('Unauthenticated');
    expect(asked).toHaveLength(1);
  });

  it('that was rotated goes on with its old secret for the time that was said', async () => {
    const old = keyOf();
    const fresh = newKey(randomBytes, old.row.id);
    const { codeOf, clock } = authenticatorOver({
      ...old.row,
      hash: hashOfKey(fresh.text),
      previousHash: old.row.hash,
      previousUntilMillis: keyEpoch + 60_000,
    });
    expect(await codeOf(`Bearer ${fresh.text}`)).toBe(old.row.id);
    expect(await codeOf(`Bearer ${old.text}`)).toBe(old.row.id);
    clock.millis += 59_999;
    expect(await codeOf(`Bearer ${old.text}`)).toBe(old.row.id);
    clock.millis += 1;
    expect(await codeOf(`Bearer ${old.text}`)).toBe('Unauthenticated');
    expect(await codeOf(`Bearer ${fresh.text}`)).toBe(old.row.id);
  });

  it('is noted as used once a minute, with the last use, and never in the way of a request', async () => {
    const { row, text } = keyOf();
    const { codeOf, clock, touched, failing, errors, authenticator } = authenticatorOver(row);
    for (let second = 0; second < 30; second += 1) {
      clock.millis += 1000;
      await codeOf(`Bearer ${text}`);
    }
    expect(touched).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(touched).toEqual([[{ id: row.id, at: keyEpoch + 30_000 }]]);
    await codeOf(`Bearer ${newKey(randomBytes, row.id).text}`);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(touched).toHaveLength(1);
    await codeOf(`Bearer ${text}`);
    failing.error = new Error('the graph is away');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(errors).toEqual([failing.error]);
    failing.error = null;
    await codeOf(`Bearer ${text}`);
    await authenticator.close();
    expect(touched).toHaveLength(2);
  });
});

describe('what is remembered of keys', () => {
  it('is trusted for 5 s and no longer, so that a revocation holds within 10 s', async () => {
    const { row, text } = keyOf();
    const { codeOf, clock, kept, asked } = authenticatorOver(row);
    expect(await codeOf(`Bearer ${text}`)).toBe(row.id);
    kept.set(row.id, { ...row, revokedAtMillis: clock.millis });
    clock.millis += 4999;
    expect(await codeOf(`Bearer ${text}`)).toBe(row.id);
    expect(asked).toHaveLength(1);
    clock.millis += 1;
    expect(await codeOf(`Bearer ${text}`)).toBe('Unauthenticated');
  });

  it('is forgotten at once where the key was changed here', async () => {
    const { row, text } = keyOf();
    const { codeOf, kept, authenticator } = authenticatorOver(row);
    await codeOf(`Bearer ${text}`);
    kept.set(row.id, { ...row, revokedAtMillis: keyEpoch });
    authenticator.forget(row.id);
    expect(await codeOf(`Bearer ${text}`)).toBe('Unauthenticated');
  });

  it('does not outlast a clock that was set back', async () => {
    const { row, text } = keyOf();
    const { codeOf, clock, kept } = authenticatorOver(row);
    await codeOf(`Bearer ${text}`);
    kept.set(row.id, { ...row, revokedAtMillis: keyEpoch });
    clock.millis -= 3_600_000;
    expect(await codeOf(`Bearer ${text}`)).toBe('Unauthenticated');
  });

  it('asks the graph once for all who ask meanwhile, and never for what cannot be a key', async () => {
    const { row, text } = keyOf();
    const { codeOf, asked } = authenticatorOver(row);
    await Promise.all(Array.from({ length: 50 }, () => codeOf(`Bearer ${text}`)));
    expect(asked).toEqual([row.id]);
    const broken = Array.from({ length: 500 }, (_, index) => {
      const slip = `${text.slice(0, -3)}${index.toString(36).padStart(3, '0')}`;
      return slip === text ? 'x' : slip;
    });
    for (const one of broken) await codeOf(`Bearer ${one}`);
    expect(asked).toEqual([row.id]);
  });

  it('holds a bounded number of guesses, which do not push out a key in use', async () => {
    const { row, text } = keyOf();
    const { codeOf, asked, clock } = authenticatorOver(row);
    await codeOf(`Bearer ${text}`);
    const guessed = newKey(randomBytes).text;
    await codeOf(`Bearer ${guessed}`);
    await codeOf(`Bearer ${guessed}`);
    expect(asked).toHaveLength(2);
    for (let guess = 0; guess < 10_000; guess += 1) {
      await codeOf(`Bearer ${newKey(randomBytes).text}`);
    }
    const before = asked.length;
    await codeOf(`Bearer ${text}`);
    expect(asked).toHaveLength(before);
    // The first guess was pushed out by the others.
    await codeOf(`Bearer ${guessed}`);
    expect(asked).toHaveLength(before + 1);
    expect(clock.millis).toBe(keyEpoch);
  });

  it('does not take a graph that is away for a key that is wrong', async () => {
    const { row, text } = keyOf();
    const { codeOf, failing } = authenticatorOver(row);
    failing.error = new AppError('GraphUnavailable', 'Neo4j cannot be reached.');
    expect(await codeOf(`Bearer ${text}`)).toBe('GraphUnavailable');
    failing.error = null;
    expect(await codeOf(`Bearer ${text}`)).toBe(row.id);
  });

  it('that was made where no key was asked for is none, also one that was rotated there', async () => {
    const made = keyOf({ createdBy: 'nobody in particular', scopes: ['admin'] });
    const rotated = keyOf({ rotatedBy: 'nobody in particular' });
    const other = keyOf({ rotatedBy: made.row.id });
    const { codeOf } = authenticatorOver(made.row, rotated.row, other.row);
    expect(await codeOf(`Bearer ${made.text}`)).toBe('Unauthenticated');
    expect(await codeOf(`Bearer ${rotated.text}`)).toBe('Unauthenticated');
    expect(await codeOf(`Bearer ${other.text}`)).toBe(other.row.id);
  });

  it('that was known is looked up before all that may be made up', async () => {
    const { row, text } = keyOf();
    const asked: (readonly string[])[] = [];
    let enough = () => {};
    const isEnough = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const authenticator = createAuthenticator({
      records: {
        findAll: async (ids) => {
          asked.push(ids);
          // The graph answers nothing but the key, as if guesses took for ever.
          if (ids.includes(row.id)) return [row];
          await isEnough;
          return [];
        },
        touch: async () => {},
      },
      now: () => clock.millis,
      onError: () => {},
      guessEveryMillis: 0,
    });
    const clock = { millis: keyEpoch };
    await authenticator.authenticate(`Bearer ${text}`, 'here');
    const guesses = Array.from({ length: 300 }, () =>
      authenticator.authenticate(`Bearer ${newKey(randomBytes).text}`, 'here').catch(() => null),
    );
    clock.millis += 5000;
    expect(await authenticator.authenticate(`Bearer ${text}`, 'here')).toEqual(row);
    expect(asked.filter((ids) => ids.includes(row.id))).toHaveLength(2);
    enough();
    await Promise.all(guesses);
  });
});
