import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApp } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createKeyRecords } from '../../src/graph/key-records.ts';
import { createAuthenticator } from '../../src/keys/authenticator.ts';
import { createKeys } from '../../src/keys/keys.ts';
import { askingOf } from './asking.ts';
import type { TestGraph } from './graph.ts';

/** One replica of the API on a real graph, with keys required and a memory of its own. */
export function createKeyApp(
  graph: TestGraph,
  now: () => number,
  more: Partial<Pick<ApiDeps, 'watch'>> = {},
) {
  const records = createKeyRecords(graph.database);
  const authenticator = createAuthenticator({
    records,
    now,
    onError: (error) => {
      throw error;
    },
  });
  const keys = createKeys({ records, randomBytes, now, onChanged: authenticator.forget });
  const asking = askingOf(graph.database, now);
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const app = createApp({
    ...asking,
    access: { authenticator, keys, metricsNeedKey: true },
    runs: {
      start: () => Promise.reject(new Error('not asked for')),
      find: () => Promise.reject(new Error('not asked for')),
      page: async () => ({ runs: [], hasMore: false }),
    },
    readiness: {},
    isShuttingDown: () => false,
    logger: pino({ level: 'info' }, { write }),
    registry: new Registry(),
    version: '0.0.0',
    now,
    ...more,
  });
  return {
    app,
    keys,
    lines,
    authenticator,
    /** Asks with a key; a body is sent as JSON. */
    ask: async (text: string, path: string, how: { method?: string; body?: unknown } = {}) => {
      const isSent = how.body !== undefined;
      return app.request(path, {
        method: how.method ?? 'GET',
        headers: {
          Authorization: `Bearer ${text}`,
          ...(isSent ? { 'Content-Type': 'application/json' } : {}),
        },
        ...(isSent ? { body: JSON.stringify(how.body) } : {}),
      });
    },
    close: async () => {
      asking.watch.close();
      await authenticator.close();
    },
  };
}
