import { z } from 'zod';
import { notPrometheus } from './envelope.ts';

/** Which server of this API it is, where they differ in what they answer. */
export const flavours = ['prometheus', 'thanos', 'victoriametrics'] as const;
export type Flavour = (typeof flavours)[number];

const buildInfo = z.object({
  status: z.literal('success'),
  data: z.looseObject({ version: z.string() }),
});

/**
 * What a server is by its `/api/v1/status/buildinfo`.
 *
 * VictoriaMetrics tells a version of Prometheus and nothing else; Thanos one of its own, all of which
 * begin with 0. Whatever says anything else is taken for Prometheus.
 *
 * @throws AppError `PrometheusUnavailable` where it is no build information.
 */
export function flavourOf(text: string): Flavour {
  const { data } = parsed(text);
  if (Object.keys(data).length === 1) return 'victoriametrics';
  return /^v?0\./.test(data.version) && !('application' in data) ? 'thanos' : 'prometheus';
}

function parsed(text: string): z.output<typeof buildInfo> {
  try {
    return buildInfo.parse(JSON.parse(text));
  } catch (cause) {
    throw notPrometheus('it is no build information', cause);
  }
}

/**
 * What is sent beside each query, so that it is answered as Prometheus would.
 *
 * VictoriaMetrics answers an instant of the last 30 seconds as it was 30 seconds ago, and moves the
 * ends of a range onto multiples of its step, both for its cache (`nocache`); it replaces the last
 * values of a range by earlier ones (`latency_offset`); and in a range it looks before each step's
 * window as far as it takes the scrape interval to be, and a little further (`max_lookback`, which
 * leaves only windows that the expression says itself). Other servers are not sent these, because
 * there are some that refuse parameters they do not know.
 */
export function paramsOfQuery(
  flavour: Flavour,
  endpoint: 'query' | 'query_range',
): readonly (readonly [string, string])[] {
  if (flavour !== 'victoriametrics') return [];
  const both = [
    ['nocache', '1'],
    ['latency_offset', '1ms'],
  ] as const;
  return endpoint === 'query' ? both : [...both, ['max_lookback', '1ms']];
}

/** A server that did not say what it is is asked again after this. */
const askAgainAfterMillis = 10 * 60_000;

/**
 * Asks what a server is, once for all who want to know; it ends for one of them when that one's
 * signal says so, and for the others not.
 *
 * @param ask fails where the server does not say
 * @param now milliseconds of a clock
 */
export function createFlavour(ask: () => Promise<Flavour>, now: () => number) {
  let asked: Promise<Flavour> | undefined;
  let failedAt: number | undefined;

  async function askOnce(): Promise<Flavour> {
    try {
      const flavour = await ask();
      failedAt = undefined;
      return flavour;
    } catch {
      failedAt = now();
      return 'prometheus';
    }
  }

  return async function flavour(signal?: AbortSignal): Promise<Flavour> {
    signal?.throwIfAborted();
    const isOld = failedAt !== undefined && now() - failedAt >= askAgainAfterMillis;
    if (asked === undefined || isOld) {
      failedAt = undefined;
      asked = askOnce();
    }
    return signal ? untilAborted(asked, signal) : asked;
  };
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
