import { AppError } from '../runtime/errors.ts';
import { publicDetail } from './problem.ts';

const timeoutMillis = 3000;

/** What asking one dependency came to. */
export interface Check {
  readonly status: 'ok' | 'error';
  /** Why not, in a sentence without internals; `null` when all is well. */
  readonly error: string | null;
  readonly durationMs: number;
}

export type CheckFailed = (dependency: string, error: unknown) => void;

/** Runs every check at the same time, each for at most 3 s. */
export async function runChecks(
  checks: Readonly<Record<string, () => Promise<void>>>,
  onFailed: CheckFailed,
): Promise<Record<string, Check>> {
  const names = Object.keys(checks);
  const results = await Promise.all(
    Object.entries(checks).map(([name, check]) => runCheck(name, check, onFailed)),
  );
  return Object.fromEntries(results.map((result, i) => [names[i], result]));
}

async function runCheck(
  name: string,
  check: () => Promise<void>,
  onFailed: CheckFailed,
): Promise<Check> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    await within(timeoutMillis, name, check);
    return { status: 'ok', error: null, durationMs: durationMs() };
  } catch (error) {
    onFailed(name, error);
    return { status: 'error', error: sentenceOf(name, error), durationMs: durationMs() };
  }
}

class TooSlow extends Error {}

async function within(millis: number, name: string, check: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    const error = new TooSlow(`${name} did not answer within ${millis / 1000} s.`);
    timer = setTimeout(() => reject(error), millis);
  });
  try {
    await Promise.race([check(), tooSlow]);
  } finally {
    clearTimeout(timer);
  }
}

function sentenceOf(name: string, error: unknown): string {
  if (error instanceof TooSlow) return error.message;
  if (error instanceof AppError) return publicDetail(error);
  return `The check of ${name} failed; the log says why.`;
}
