import type { ExaminedSource, SourceRecord } from '../../src/cli/doctor/examined-source.ts';
import { liveSourceOf } from '../../src/cli/doctor/live-source.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { AppError } from '../../src/runtime/errors.ts';
import type { PrometheusClient } from '../../src/sources/prometheus-client.ts';
import { aSource } from '../sources/doubles.ts';

/** A client of a server that is not there. */
const nobody: PrometheusClient = {
  query: away,
  queryRange: away,
  queryRaw: away,
  labelValues: away,
  labelNames: away,
  flavour: async () => 'prometheus',
};

function away(): Promise<never> {
  return Promise.reject(new AppError('PrometheusUnavailable', 'It is away.'));
}

/** A source as the doctor examines it: one that does not answer, but for what a test says. */
export function examinedSource({
  env = {},
  records = null,
  ...given
}: Partial<Omit<ExaminedSource, 'config' | 'live' | 'records'>> & {
  readonly env?: Readonly<Record<string, string>>;
  readonly records?: SourceRecord | null;
} = {}): ExaminedSource {
  const { client = nobody, source = aSource(), nowMillis = Date.UTC(2026, 2, 1) } = given;
  return {
    config: loadConfig(env),
    isAskedByGet: () => false,
    ...given,
    ...{ client, source, nowMillis },
    live: liveSourceOf(client, source, nowMillis),
    records: async () => records,
  };
}
