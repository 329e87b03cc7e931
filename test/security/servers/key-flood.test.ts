import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeyRecords } from '../../../src/graph/key-records.ts';
import { newKey } from '../../../src/keys/key-text.ts';
import { createKeys, type Keys } from '../../../src/keys/keys.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { createProcesses } from '../../support/processes.ts';
import { emptied } from '../../support/story.ts';

const clients = 64;
/** More than the keys that are remembered as none. */
const madeUp = Array.from({ length: 20_000 }, () => newKey(randomBytes).text);

const unlimited = {
  RATE_LIMIT_READS_PER_MINUTE: '0',
  RATE_LIMIT_WRITES_PER_MINUTE: '0',
  RATE_LIMIT_RUNS_PER_MINUTE: '0',
};

/** Begins to ask with made-up keys; `end` says what was answered. */
function flood(url: string) {
  const thread = new Worker(new URL('flood.mjs', import.meta.url), {
    workerData: { url, clients, keys: madeUp },
  });
  return {
    async end(): Promise<Record<string, number>> {
      const ended = once(thread, 'message');
      thread.postMessage('end');
      const [statuses] = await ended;
      return statuses;
    },
  };
}

/** Asks with a key, one request after the other. */
async function ask(url: string, text: string, times: number) {
  const statuses = new Set<number>();
  const millis: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const since = performance.now();
    // The whole graph, as the flood asks for it, has the fewest places.
    const path = time % 2 === 0 ? 'graph' : 'services';
    const response = await fetch(`${url}/api/v1/${path}`, {
      headers: { Authorization: `Bearer ${text}` },
    });
    await response.arrayBuffer();
    millis.push(performance.now() - since);
    statuses.add(response.status);
  }
  millis.sort((a, b) => a - b);
  const at = (share: number) => Math.round(millis[Math.floor(millis.length * share)] ?? 0);
  return { statuses: [...statuses], p50: at(0.5), p99: at(0.99) };
}

describe.each([
  ['the budgets there are', {}],
  ['no budgets', unlimited],
])('with %s, while 64 clients show made-up keys', (title, env) => {
  const processes = createProcesses({ API_KEYS: 'required', LOG_LEVEL: 'warn', ...env });
  let graph: TestGraph;
  let keys: Keys;
  let url: string;

  beforeAll(async () => {
    graph = await openTestGraph();
    keys = createKeys({ records: createKeyRecords(graph.database), randomBytes, now: Date.now });
    ({ url } = await processes.startServer());
  });
  afterAll(async () => {
    await processes.stopAll();
    await graph.close();
  });
  beforeEach(async () => {
    await emptied(graph);
  });

  const made = async () => {
    const { text } = await keys.create(
      { name: 'grafana', scopes: ['read'], environments: null, teams: null, expiresAtMillis: null },
      'the test',
    );
    return text.reveal();
  };

  it('a key is answered throughout, one that was not used before too', async () => {
    const known = await made();
    const quiet = await ask(url, known, 200);
    const flooding = flood(url);
    // Longer than a key is remembered, so it is looked up again meanwhile.
    const until = performance.now() + 6000;
    const during = await ask(url, known, 200);
    const fresh = await Promise.all(
      Array.from({ length: 5 }, async () => ask(url, await made(), 1)),
    );
    while (performance.now() < until) {
      expect((await ask(url, await made(), 1)).statuses).toEqual([200]);
    }
    const again = await ask(url, known, 20);
    const answered = await flooding.end();
    // The figures of docs/limits.md come from here.
    process.stderr.write(`${JSON.stringify({ title, quiet, during, again, fresh, answered })}\n`);
    expect(quiet.statuses).toEqual([200]);
    expect(during.statuses).toEqual([200]);
    expect(again.statuses).toEqual([200]);
    for (const { statuses } of fresh) expect(statuses).toEqual([200]);
    // The flood was one, and nobody of it got in.
    expect(Object.keys(answered).filter((status) => status !== '401' && status !== '429')).toEqual(
      [],
    );
    expect(Object.values(answered).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
  });

  it('who asks without a key what is open is answered too', async () => {
    const flooding = flood(url);
    for (let time = 0; time < 20; time += 1) {
      for (const path of ['/api/v1/metrics', '/api/v1/health', '/docs']) {
        const response = await fetch(`${url}${path}`);
        await response.arrayBuffer();
        expect([path, response.status]).toEqual([path, 200]);
      }
    }
    await flooding.end();
  });
});
