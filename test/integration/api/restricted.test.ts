import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { createKeyApp } from '../../support/key-app.ts';
import { emptied, endOf } from '../../support/story.ts';
import {
  aliasOfLedger,
  calls,
  pairOf,
  services,
  tellTwoEnvironments,
} from '../../support/two-environments.ts';

const now = endOf(2);
const then = new Date(endOf(1)).toISOString();
/** What nobody who sees `live` alone may read: ids of the other environment, and a name it alone has. */
const hidden = /lab:|vault/;

const operation = z.looseObject({
  operationId: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
});
type Operation = z.output<typeof operation>;

const words = [
  ...services.flatMap(({ id, name }) => [id, name]),
  aliasOfLedger,
  ...calls.map(pairOf),
].filter((word, index, all) => all.indexOf(word) === index);

/** Values worth asking with, by the name of a query parameter; others are left out. */
const values: Readonly<Record<string, readonly string[]>> = {
  at: [then],
  from: ['2d'],
  since: ['2d'],
  direction: ['both'],
  depth: ['10'],
  service: words,
  focus: words,
  environment: ['live', 'lab'],
  team: ['shop', 'bank'],
  limit: ['1'],
};

/** Every question that a route can be asked: bare, and with each value of each parameter beside the rest. */
function questionsOf(path: string, { parameters }: Operation): string[] {
  const paths = path.includes('{')
    ? words.map((word) => path.replace(/\{\w+\}/, encodeURIComponent(word)))
    : [path];
  const asked = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const base: Record<string, string> = {};
  for (const name of ['direction', 'depth', 'from', 'since']) {
    const [value] = values[name] ?? [];
    if (asked.includes(name) && value !== undefined) base[name] = value;
  }
  const queries = [
    base,
    ...asked.flatMap((name) => (values[name] ?? []).map((value) => ({ ...base, [name]: value }))),
    ...(asked.includes('at') ? [{ ...base, at: then, limit: '1' }] : []),
  ].filter((query) => !('limit' in query) || asked.includes('limit'));
  return paths.flatMap((one) => queries.map((query) => `${one}?${new URLSearchParams(query)}`));
}

describe('a key of one environment', () => {
  let graph: TestGraph;
  let replica: ReturnType<typeof createKeyApp>;
  let routes: { path: string; operation: Operation }[];
  const texts: Record<'whole' | 'live' | 'shop', string> = { whole: '', live: '', shop: '' };

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    await tellTwoEnvironments(graph);
    replica = createKeyApp(graph, () => now);
    const create = async (name: keyof typeof texts, view: object) => {
      const terms = { name, scopes: ['read' as const], environments: null, teams: null };
      const { text } = await replica.keys.create(
        { ...terms, expiresAtMillis: null, ...view },
        'the test',
      );
      texts[name] = text.reveal();
    };
    await create('whole', {});
    await create('live', { environments: ['live'] });
    await create('shop', { teams: ['shop'] });
    const response = await replica.app.request('/openapi.json');
    routes = Object.entries(document.parse(await response.json()).paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods).flatMap(([method, operation]) =>
          method === 'get' && operation.security.some(({ key }) => key?.includes('read'))
            ? [{ path, operation }]
            : [],
        ),
    );
  });
  afterAll(async () => {
    await replica.close();
    await graph.close();
  });

  /** What is answered; of a stream what comes until nothing comes for a while. */
  async function answerOf(
    text: string,
    question: string,
  ): Promise<{ status: number; body: string }> {
    const response = await replica.ask(text, question);
    const { status, body } = response;
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) {
      return { status, body: await response.text() };
    }
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new Error('a stream without a body');
    let said = '';
    for (;;) {
      const next = await Promise.race([reader.read(), delay(500, null)]);
      if (next === null || next.done) break;
      said += next.value;
    }
    await reader.cancel();
    return { status, body: said };
  }

  /** Routes that show nothing of any service to anybody: they are of no environment. */
  const ofNoService = ['listRuns', 'getRun', 'listWindows', 'getMetrics'];

  it('reads nothing of another on any route, whatever it asks', { timeout: 300_000 }, async () => {
    expect(routes.length).toBeGreaterThan(12);
    for (const { path, operation } of routes) {
      let isSeenByWhole = false;
      for (const question of questionsOf(path, operation)) {
        const live = await answerOf(texts.live, question);
        if (ofNoService.includes(operation.operationId)) {
          expect([question, live.status]).toEqual([question, 403]);
          continue;
        }
        // What was asked is said again in a refusal, but not whether there is such a thing.
        const body = live.status === 200 ? live.body : '';
        expect([question, hidden.exec(body)?.[0] ?? null]).toEqual([question, null]);
        if (live.status >= 400) {
          expect([question, live.body.includes('candidates')]).toEqual([question, false]);
        }
        if (!isSeenByWhole) {
          const whole = await answerOf(texts.whole, question);
          isSeenByWhole = whole.status === 200 && hidden.test(whole.body);
        }
      }
      // Otherwise nothing was tried.
      const isOfServices = !ofNoService.includes(operation.operationId);
      expect([path, isSeenByWhole]).toEqual([path, isOfServices]);
    }
  });

  it('is answered about what is outside as about what is not there at all', async () => {
    const outside = services.filter(({ environment }) => environment === 'lab');
    const problemOf = async (path: string, word: string) => {
      const question = path.replace('{}', encodeURIComponent(word));
      const { status, body } = await answerOf(texts.live, question);
      const { requestId, ...problem } = z
        .looseObject({ requestId: z.string() })
        .parse(JSON.parse(body));
      return {
        status,
        problem: JSON.stringify(problem)
          .replaceAll(encodeURIComponent(word), '')
          .replaceAll(word, ''),
      };
    };
    for (const { id } of outside) {
      for (const path of [
        '/api/v1/services/{}',
        '/api/v1/services/{}/dependencies',
        '/api/v1/services/{}/blast-radius',
        '/api/v1/changes?service={}',
      ]) {
        // Spelt alike, as what was probably meant follows from the word that is asked for.
        const absent = id.replace(/^lab:/, 'lap:');
        expect(await problemOf(path, id)).toEqual(await problemOf(path, absent));
      }
    }
    expect(await problemOf('/api/v1/dependencies/{}', 'lab:::web~~lab:::ledger')).toEqual(
      await problemOf('/api/v1/dependencies/{}', 'lap:::web~~lap:::ledger'),
    );
  });

  it('reads what is inside', async () => {
    const graphOf = async (text: string) => {
      const { body } = await answerOf(text, '/api/v1/graph');
      const parsed = z
        .object({ dependencies: z.array(z.object({ id: z.string() })) })
        .parse(JSON.parse(body));
      return parsed.dependencies.map(({ id }) => id);
    };
    const inside = calls.filter((pair) => pair.every((id) => id.startsWith('live:'))).map(pairOf);
    expect(await graphOf(texts.live)).toEqual(inside.toSorted());
    expect(await graphOf(texts.shop)).toEqual(
      ['live:::web~~lab:::web', 'live:::web~~live:::cart'].toSorted(),
    );
  });

  it('ends an open stream when it is revoked', async () => {
    const { key, text } = await replica.keys.create(
      {
        name: 'follower',
        scopes: ['read'],
        environments: ['live'],
        teams: null,
        expiresAtMillis: null,
      },
      'the test',
    );
    const response = await replica.ask(text.reveal(), '/api/v1/changes/stream');
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await replica.keys.revoke(key.id, 'the test');
    for (let isDone = false; !isDone; ) isDone = (await reader?.read())?.done ?? true;
  });
});
