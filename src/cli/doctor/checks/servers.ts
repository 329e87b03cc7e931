import { workersPolling } from '../../../runs/task-queue.ts';
import type { Temporal } from '../../../runs/temporal.ts';
import { problemOfRedis } from '../../../runtime/redis.ts';
import type { Session } from '../../session.ts';
import type { Check, Found } from '../finding.ts';
import { checkOf } from '../run-checks.ts';

/** What is examined of the servers that Topolog itself needs. */
export type Servers = Pick<Session, 'config'> & {
  readonly database: Pick<Session['database'], 'ping'>;
  readonly temporal: Pick<Temporal, 'ping' | 'latestFailure'>;
  /** How many workers ask for something to do; left out where that is not looked at. */
  readonly workers?: () => Promise<number>;
};

/** A server may take so long and be slow; one that takes longer is not there. */
const withinMillis = 20_000;

const fine: Found = { outcome: 'ok', message: null };

export function serverChecks({ config, database, temporal, workers }: Servers): Check[] {
  const { TEMPORAL_ADDRESS: address, NEO4J_URI: uri, REDIS_URL: redis } = config;
  const checks = [
    checkOf({
      check: 'temporal.answers',
      name: 'temporal',
      where: `TEMPORAL_ADDRESS ${address}`,
      setting: 'TEMPORAL_ADDRESS',
      withinMillis,
      look: async () => {
        await pingTemporal(temporal);
        return fine;
      },
    }),
    checkOf({
      check: 'neo4j.answers',
      name: 'neo4j',
      where: `NEO4J_URI ${uri}`,
      setting: 'NEO4J_URI',
      withinMillis,
      look: async () => {
        await database.ping(withinMillis);
        return fine;
      },
    }),
  ];
  if (workers !== undefined) {
    checks.push(
      checkOf({
        check: 'workers.polling',
        name: 'workers',
        where: `TEMPORAL_TASK_QUEUE ${config.TEMPORAL_TASK_QUEUE}`,
        setting: 'TEMPORAL_TASK_QUEUE',
        withinMillis,
        look: async () => workersFound(await workers()),
      }),
    );
  }
  if (redis !== undefined) {
    const { protocol, host, pathname } = new URL(redis.reveal());
    checks.push(
      checkOf({
        check: 'redis.answers',
        name: 'redis',
        where: `REDIS_URL ${protocol}//${host}${pathname}`,
        setting: 'REDIS_URL',
        withinMillis,
        look: async () => {
          const message = await problemOfRedis(redis);
          return message === null ? fine : { outcome: 'wrong', message };
        },
      }),
    );
  }
  return checks;
}

/** The workers of the configured Temporal. */
export function workersOf(temporal: Temporal): () => Promise<number> {
  return () => workersPolling(temporal, Date.now());
}

/** A refused connection is said soon; one that is there and silent is given more time. */
async function pingTemporal({ ping, latestFailure }: Servers['temporal']): Promise<void> {
  const before = latestFailure();
  try {
    await ping();
  } catch (error) {
    if (latestFailure() !== before) throw error;
    await ping(withinMillis - 3000);
  }
}

function workersFound(workers: number): Found {
  if (workers > 0) return { outcome: 'ok', message: `${workers} at work` };
  const message =
    'no worker asks the task queue for work, so no source is read: start one, or set TEMPORAL_TASK_QUEUE as it is set there';
  return { outcome: 'doubtful', message };
}
