import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ChangeWatch } from '../../../src/api/change-watch.ts';
import { conditionalReads } from '../../../src/api/conditional-reads.ts';
import type { View } from '../../../src/domain/view.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { createKeyApp } from '../../support/key-app.ts';
import { endOf } from '../../support/story.ts';
import {
  aliasOfWeb,
  hiddenStoryOf,
  hiddenText,
  now,
  pairs,
  seenByAll,
  words,
} from './hidden-story.ts';
import { type AskedWith, type Question, questionsOf } from './route-questions.ts';

const iso = (millis: number) => new Date(millis).toISOString();
const then = iso(endOf(1));

const asked: AskedWith = {
  paths: {
    '/api/v1/services': words,
    '/api/v1/dependencies': pairs,
    '/api/v1/runs': ['run-1'],
    '/api/v1/keys': ['4fJ0aZ81xQc'],
    '/docs': ['swagger-ui.css'],
  },
  values: {
    at: [then],
    from: [iso(endOf(0) - 1)],
    to: [then],
    since: [iso(endOf(0)), then],
    until: [then],
    endTs: [String(endOf(1))],
    lookback: ['3600000'],
    depth: ['10'],
    limit: ['1', '2'],
    after: ['0', '3'],
    'last-event-id': ['0', '3'],
    'Idempotency-Key': ['asked-again'],
    ...Object.fromEntries(
      ['client', 'server', 'service', 'focus', 'name'].map((of) => [of, words]),
    ),
    q: ['w', 'v'],
    environment: ['live', 'lab'],
    team: ['shop', 'bank'],
    cluster: ['east'],
    namespace: ['blue'],
    source: ['shop'],
  },
  beside: { from: iso(endOf(0) - 1), direction: 'both' },
  again: { at: then, limit: '1' },
};

/** Keys that see the same part of the story, each by another rule. */
const views: Readonly<Record<string, View>> = {
  'an environment': { environments: ['live'], teams: null },
  'a team': { environments: null, teams: ['shop'] },
};

/** Routes whose answers to who sees all are the same whatever happens: they show nothing of the graph. */
const showNothing = [
  'GET /',
  'GET /api/graph/fields',
  'GET /api/health',
  'GET /api/v1/health',
  'GET /api/v1/health/ready',
  'GET /api/v1/keys',
  'GET /api/v1/keys/:id',
  'GET /api/v1/runs',
  'GET /api/v1/runs/:id',
  'GET /docs',
  'GET /docs/',
  'GET /docs/:asset',
  'GET /docs/init.js',
  'GET /openapi.json',
];
/** Routes that a key of a part is refused, whatever it asks. */
const refused = [
  'DELETE /api/v1/keys/:id',
  'GET /api/v1/keys',
  'GET /api/v1/keys/:id',
  'GET /api/v1/metrics',
  'GET /api/v1/runs',
  'GET /api/v1/runs/:id',
  'GET /api/v1/windows',
  'POST /api/v1/keys',
  'POST /api/v1/keys/:id/rotate',
  'POST /api/v1/runs',
];

/** Ends a stream as soon as it waits for more: what there is has been told then. */
function createEndingWatch(): ChangeWatch & { open(): void } {
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    async next() {
      isClosed = true;
    },
    open() {
      isClosed = false;
    },
    close() {},
  };
}

interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}
const page = z.looseObject({ nextCursor: z.string() });

describe('a key of a part of the graph', { timeout: 600_000 }, () => {
  let graph: TestGraph;
  let replica: ReturnType<typeof createKeyApp>;
  let story: ReturnType<typeof hiddenStoryOf>;
  let questions: Question[];
  const watch = createEndingWatch();
  const keys = new Map<string, string>();

  beforeAll(async () => {
    graph = await openTestGraph();
    story = hiddenStoryOf(graph);
    replica = createKeyApp(graph, () => now, { watch });
    questions = await questionsOf(replica.app, asked);
  });
  beforeEach(async () => {
    await story.begin();
    const whole = { environments: null, teams: null };
    for (const [name, view] of Object.entries({ ...views, whole })) {
      const terms = { name, scopes: ['read' as const], expiresAtMillis: null, ...view };
      keys.set(name, (await replica.keys.create(terms, 'the test')).text.reveal());
    }
  }, 600_000);
  afterAll(async () => {
    await replica.close();
    await graph.close();
  });

  async function answerTo(
    who: string,
    { method, path, headers, body }: Question,
    sent: Record<string, string> = {},
  ): Promise<Answer> {
    watch.open();
    const response = await replica.app.request(path, {
      method,
      headers: {
        ...headers,
        ...sent,
        Authorization: `Bearer ${keys.get(who)}`,
        'X-Request-Id': 'same',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status } = response;
    return { status, headers: [...response.headers], body: await response.text() };
  }

  /** What is answered, a list to its end. */
  async function answersTo(who: string, question: Question): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let path: string | null = question.path; path !== null; ) {
      const answer = await answerTo(who, { ...question, path });
      answers.push(answer);
      expect(answers.length, `pages of ${question.path}`).toBeLessThan(100);
      const more = page.safeParse(answer.status === 200 ? jsonOf(answer.body) : null);
      path = more.success ? `${question.path}&cursor=${more.data.nextCursor}` : null;
    }
    return answers;
  }

  const nameOf = ({ method, path, headers }: Question) =>
    `${method} ${path} ${JSON.stringify(headers)}`;

  /** Answers to all questions, and to `HEAD` of those that read. */
  async function askAll(who: string): Promise<Map<string, Answer[]>> {
    const all = new Map<string, Answer[]>();
    for (const question of questions) {
      all.set(nameOf(question), await answersTo(who, question));
      if (question.method !== 'GET') continue;
      const head = { ...question, method: 'HEAD' };
      if (isFirst(question)) all.set(nameOf(head), [await answerTo(who, head)]);
    }
    return all;
  }

  /** Whether no other question of its route comes before it. */
  const isFirst = (question: Question) =>
    questions.find(({ route }) => route === question.route) === question;

  const isLast = (question: Question) =>
    questions.findLast(({ route }) => route === question.route) === question;

  /** What the one who sees all is answered, by route. */
  async function askWhole(): Promise<Map<string, string>> {
    const all = new Map<string, string>();
    for (const question of questions.filter((one) => isFirst(one) || isLast(one))) {
      // It may do everything, and must not here.
      if (question.method !== 'GET') continue;
      const said = JSON.stringify(await answerTo('whole', question));
      all.set(question.route, (all.get(question.route) ?? '') + said);
    }
    return all;
  }

  /** What was answered is known again by its ETag: one answer of each route that has any. */
  async function expectKnown(
    who: string,
    before: ReadonlyMap<string, readonly Answer[]> | undefined,
    what: string,
  ): Promise<void> {
    const known = new Set<string>();
    for (const question of questions.filter(({ method }) => method === 'GET')) {
      const etag = headerOf(before?.get(nameOf(question))?.[0], 'etag');
      if (etag === undefined || known.has(question.route)) continue;
      known.add(question.route);
      const { status, headers, body } = await answerTo(who, question, { 'If-None-Match': etag });
      expect([what, question.path, status, body]).toEqual([what, question.path, 304, '']);
      expect(new Map(headers).get('etag')).toBe(etag);
    }
    const { length } = conditionalReads;
    // Runs and windows are refused.
    expect(known.size).toBe(length - 1);
  }

  it('is answered the same, byte for byte, whatever happens to the rest', {
    timeout: 3_600_000,
  }, async () => {
    const names = Object.keys(views);
    const before = new Map<string, Map<string, Answer[]>>();
    for (const who of names) before.set(who, await askAll(who));
    const shown = new Set<string>();
    let whole = await askWhole();
    for (const { what, happen } of story.steps) {
      await happen();
      const next = await askWhole();
      const moved = [...next].filter(([route, said]) => whole.get(route) !== said);
      // Otherwise nothing was tried.
      expect(moved.length, what).toBeGreaterThan(10);
      for (const [route] of moved) shown.add(route);
      whole = next;
      for (const who of names) {
        for (const [name, answers] of await askAll(who)) {
          const said = `${what}, ${who}: ${name}`;
          expect({ said, answers }).toEqual({ said, answers: before.get(who)?.get(name) });
        }
        await expectKnown(who, before.get(who), what);
      }
    }
    const routes = new Set(questions.map(({ route }) => route));
    const reading = [...routes].filter((route) => route.startsWith('GET '));
    expect(reading.filter((route) => !shown.has(route)).toSorted()).toEqual(showNothing);
    for (const [name, answers] of [...before.values()].flatMap((all) => [...all])) {
      for (const { status, body } of answers) {
        // A refusal says again what was asked.
        const text = status < 400 ? body : '';
        expect([name, hiddenText.exec(text)?.[0] ?? null]).toEqual([name, null]);
        expect([name, status < 500]).toEqual([name, true]);
      }
    }
    for (const who of names) {
      const isRefused = (route: string) =>
        questions
          .filter((one) => one.route === route)
          .every((one) =>
            before
              .get(who)
              ?.get(nameOf(one))
              ?.every(({ status }) => status === 403),
          );
      expect([...routes].filter(isRefused).toSorted()).toEqual(refused);
    }
  });

  it('is sent nothing of the rest by a stream that is open', async () => {
    const live = createKeyApp(graph, () => now);
    onTestFinished(() => live.close());
    const read = async (who: string) => {
      const response = await live.ask(keys.get(who) ?? '', '/api/v1/changes/stream');
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (reader === undefined) throw new Error('a stream without a body');
      await reader.read();
      return {
        /** All that comes up to the change that is seen by all. */
        async untilSeen(): Promise<string> {
          for (let said = ''; ; ) {
            const { done, value } = await reader.read();
            if (done) throw new Error(`The stream ended after ${said}`);
            said += value;
            if (said.includes(seenByAll)) {
              await reader.cancel();
              return said;
            }
          }
        },
      };
    };
    const streams = await Promise.all([...Object.keys(views), 'whole'].map(read));
    for (const { happen } of story.steps) await happen();
    await story.visibleChange();
    const [ofEnvironment = '', ofTeam = '', whole = ''] = await Promise.all(
      streams.map((stream) => stream.untilSeen()),
    );
    for (const said of [ofEnvironment, ofTeam]) {
      expect(said.match(/^data: /gm)).toHaveLength(1);
      expect(said).not.toMatch(hiddenText);
    }
    expect(whole.match(/^data: /gm)?.length).toBeGreaterThan(10);
  });

  it('finds what it sees by the id that it had before', async () => {
    for (const who of Object.keys(views)) {
      const question = { route: '', method: 'GET', headers: {}, body: undefined };
      const path = `/api/v1/services/${aliasOfWeb}`;
      expect(await answerTo(who, { ...question, path })).toMatchObject({ status: 200 });
    }
  });

  /** Documented in docs/keys.md, with the reasons. */
  it('does learn what is of a service that it sees, and that something happened', async () => {
    const get = async (path: string) => {
      const question = { route: '', method: 'GET', path, headers: {}, body: undefined };
      return (await answerTo('an environment', question)).body;
    };
    const service = z.object({ service: z.object({ kind: z.string() }) });
    const kindOf = async (id: string) =>
      service.parse(JSON.parse(await get(`/api/v1/services/${id}`))).service.kind;
    const ledger = 'live:::ledger';
    const before = await kindOf(ledger);
    await story.byDesign();
    expect([before, await kindOf(ledger)]).toEqual(['external', 'database']);
    expect(await get('/api/v1/services')).toContain('live:::bare');
    expect(await get('/api/v1/graph')).not.toContain('live:::bare');
    const changes = z.object({ items: z.array(z.object({ sequence: z.number() })) });
    const { items } = changes.parse(JSON.parse(await get('/api/v1/changes')));
    const numbers = items.map(({ sequence }) => sequence);
    expect(numbers.length).toBeLessThan((numbers.at(-1) ?? 0) - (numbers[0] ?? 0) + 1);
  });
});

function headerOf(answer: Answer | undefined, name: string): string | undefined {
  return new Map(answer?.headers).get(name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
