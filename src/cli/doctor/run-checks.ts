import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../runtime/errors.ts';
import { plainText } from '../../runtime/plain-text.ts';
import type { Check, Finding, Found } from './finding.ts';

/** A check of one server: where it is configured, and how long it may take. */
export interface ServerCheck {
  readonly check: string;
  readonly name: string;
  readonly where: string;
  readonly setting?: string;
  readonly withinMillis: number;
  /** From when on an answer is slow; five seconds, if not said. */
  readonly slowMillis?: number;
  look(): Promise<Found | readonly Found[]>;
}

/** Who waits is told after so long what for. */
const quietMillis = 1000;
const nothingWrong: Found = { outcome: 'ok', message: null };

const defaultSlowMillis = 5000;

/** Runs all checks at the same time; `say` is told what is waited for. */
export async function runChecks(
  checks: readonly Check[],
  say: (text: string) => void,
): Promise<Finding[]> {
  const found = await Promise.all(
    checks.map(async ({ name, check }) => {
      const ended = new AbortController();
      const waiting = delay(quietMillis, null, { signal: ended.signal }).then(
        () => say(`waiting for ${name} …`),
        () => {},
      );
      try {
        return await check();
      } finally {
        ended.abort();
        await waiting;
      }
    }),
  );
  return found.flat();
}

/**
 * A check of a server: an error is wrong, no answer within its time is wrong, and an answer that
 * came late is doubtful.
 */
export function checkOf(server: ServerCheck): Check {
  const { check, name, where, withinMillis, slowMillis = defaultSlowMillis, look } = server;
  const finding = ({ outcome, message, setting }: Found): Finding => ({
    name: plainText(name),
    check,
    outcome,
    where: plainText(where),
    message: message === null ? null : plainText(message),
    setting: setting ?? (outcome === 'ok' ? null : (server.setting ?? null)),
  });
  return {
    name: plainText(`${name} (${check})`),
    async check() {
      const since = performance.now();
      try {
        const found = await within(withinMillis, look());
        const seconds = (performance.now() - since) / 1000;
        const some = [found].flat();
        const all = (some.length === 0 ? [nothingWrong] : some).map(finding);
        if (seconds * 1000 < slowMillis || all.some(({ outcome }) => outcome !== 'ok')) return all;
        return all.map(({ message, ...rest }) => {
          const slow = `it is slow: it took ${seconds.toFixed(1)} s to answer`;
          const setting = server.setting ?? null;
          const both = message === null ? slow : `${message}; ${slow}`;
          return { ...rest, outcome: 'doubtful' as const, message: both, setting };
        });
      } catch (error) {
        return [finding({ outcome: 'wrong', message: messageOf(error) })];
      }
    },
  };
}

async function within<T>(millis: number, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const late = delay(millis, null, { signal: ended.signal }).then(() => {
    throw new Error(`It gave no answer within ${Math.round(millis / 1000)} s.`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}
