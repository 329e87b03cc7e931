import { keyStateOf } from '../domain/key.ts';
import type { HashedKeyRow, KeyRecords } from '../graph/key-records.ts';
import { uncancelled } from '../runtime/cancellation.ts';
import { AppError } from '../runtime/errors.ts';
import { createKeyCache } from './key-cache.ts';
import { equalHashes, hashOfKey, idOfKey } from './key-text.ts';

/** Finds out who asks. */
export interface Authenticator {
  /**
   * The key in an `Authorization` header; looking up what was never a key is counted for `from`.
   *
   * @throws AppError `Unauthenticated`, the same whatever is wrong with the key; `Overloaded` where
   * too much that may be made up waits to be looked up; those of the graph.
   */
  authenticate(header: string | undefined, from: string): Promise<HashedKeyRow>;
  /** Forgets what is known of a key, because it changed. */
  forget(id: string): void;
  /** Writes when keys were last used, and stops. */
  close(): Promise<void>;
}

export interface AuthenticatorOptions {
  readonly records: Pick<KeyRecords, 'findAll' | 'touch'>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** How long a key is believed to be what it was; with the time of a read the bound of a revocation. */
  readonly trustMillis?: number;
  /** How often the graph is asked for keys that may be made up. */
  readonly guessEveryMillis?: number;
  /** How often the last uses are written, at most once for each key. */
  readonly touchEveryMillis?: number;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { records, now, onError, trustMillis = 5000, touchEveryMillis = 60_000 } = options;
  const cache = createKeyCache({
    // Several requests may wait for it, so it must not end with one of them.
    findAll: (ids) => uncancelled(() => records.findAll(ids)),
    now,
    trustMillis,
    ...(options.guessEveryMillis === undefined
      ? {}
      : { guessEveryMillis: options.guessEveryMillis }),
  });
  const used = new Map<string, number>();
  let touching: NodeJS.Timeout | undefined;

  async function touch(): Promise<void> {
    clearTimeout(touching);
    touching = undefined;
    const rows = [...used].map(([id, at]) => ({ id, at }));
    used.clear();
    if (rows.length === 0) return;
    try {
      await records.touch(rows);
    } catch (error) {
      // It is said of the next use again.
      onError(error);
    }
  }

  return {
    async authenticate(header, from) {
      const text = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? '';
      const id = idOfKey(text);
      // Also of what is no key, so that all that is refused took the same steps.
      const hash = hashOfKey(text);
      const key = id === null ? null : await cache.read(id, from);
      const at = now();
      const isPresent = equalHashes(hash, key?.hash ?? null);
      const isPrevious = equalHashes(hash, key?.previousHash ?? null);
      const isKnown = isPresent || (isPrevious && at < (key?.previousUntilMillis ?? 0));
      if (key === null || !isKnown || keyStateOf(key, at) !== 'active') throw unauthenticated();
      used.set(key.id, at);
      touching ??= setTimeout(() => void touch(), touchEveryMillis).unref();
      return key;
    },
    forget: (id) => cache.forget(id),
    close: touch,
  };
}

function unauthenticated(): AppError {
  return new AppError(
    'Unauthenticated',
    'Send a key of this server that is neither revoked nor expired, as "Authorization: Bearer topolog_…".',
  );
}
