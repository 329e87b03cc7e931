import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../src/api/app.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { keyOf } from '../keys/doubles.ts';
import {
  conforming,
  document,
  faultsAt,
  type Operation,
  operations,
  schemaOf,
} from '../support/contract.ts';
import { createTestApp, instantMillis, json, type ProblemBody } from './doubles.ts';

/** Whose parameters are for other programs, which add their own. */
const isLenient = ({ tags }: Operation) => tags.includes('Other tools');
const isList = ({ parameters }: Operation) => parameters.some(({ name }) => name === 'cursor');
const named = (some: readonly Operation[]) => some.map((one) => [one.operationId, one] as const);

/** A request that an operation takes, with more in its query. */
function requestOf(operation: Operation, query: Record<string, string> = {}) {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const parameter = operation.parameters.find((one) => one.name === name);
    return encodeURIComponent(String(parameter?.schema.example ?? parameter?.example));
  });
  const needed: Record<string, string> = operation.operationId === 'getDiff' ? { from: '1h' } : {};
  const search = new URLSearchParams({ ...needed, ...query }).toString();
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.example;
  const init = body === undefined ? { method: operation.method } : json(body);
  return [search === '' ? path : `${path}?${search}`, init] as const;
}

/** Who asks is known, whatever is sent: an API without keys changes none. */
const knownCaller = {
  authenticate: async () => keyOf({ scopes: ['admin'] }).row,
  forget: () => {},
  close: async () => {},
};

const app = conforming(createTestApp({ access: { authenticator: knownCaller } }).app);

async function problemOf(response: Response) {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  return (await response.json()) as ProblemBody;
}

describe('every operation of the contract', () => {
  it.each(named(operations))(
    '%s: another method is a 405 that says which there are',
    async (_, one) => {
      const [path] = requestOf(one);
      const response = await app.request(path, { method: 'PATCH' });
      expect(response.status).toBe(405);
      expect(response.headers.get('Allow')).toContain(one.method);
      expect(await problemOf(response)).toMatchObject({ code: 'MethodNotAllowed' });
    },
  );

  it.each(named(operations))('%s: a path below is a 404', async (_, one) => {
    const [path, init] = requestOf(one);
    const response = await app.request(`${path.replace(/\?.*/, '')}/below/it`, init);
    expect(response.status).toBe(404);
    expect(await problemOf(response)).toMatchObject({ code: 'RouteNotFound' });
  });

  it.each(named(operations.filter((one) => !isLenient(one))))(
    '%s: a parameter that is not known is refused',
    async (_, one) => {
      const response = await app.request(...requestOf(one, { 'no/such': '1' }));
      expect(response.status).toBe(400);
      expect((await problemOf(response)).errors).toEqual([
        { pointer: '/query/no~1such', detail: 'is not known here' },
      ]);
    },
  );

  it.each(
    named(operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'at'))),
  )('%s: an instant in the future is a 422', async (_, one) => {
    const response = await app.request(...requestOf(one, { at: '2100-01-01T00:00:00Z' }));
    expect(response.status).toBe(422);
    expect(await problemOf(response)).toMatchObject({ code: 'InvalidRange' });
  });

  it.each(named(operations))('%s: its examples are as it says', (_, one) => {
    let examples = 0;
    for (const [status, { content = {} }] of Object.entries(one.responses)) {
      for (const [type, { example, examples: several = {} }] of Object.entries(content)) {
        const values = [example, ...Object.values(several).map(({ value }) => value)];
        for (const value of values.filter((each) => each !== undefined)) {
          examples += 1;
          expect(faultsAt(schemaOf(one, status, type), value), `${status} ${type}`).toEqual([]);
        }
      }
    }
    expect(examples).toBeGreaterThanOrEqual(Object.keys(one.responses).length);
  });
});

describe('every list', () => {
  const lists = operations.filter(isList);

  it('is known', () => {
    expect(lists.map(({ operationId }) => operationId).sort()).toEqual([
      'getBlastRadius',
      'getDiff',
      'listChanges',
      'listDependencies',
      'listKeys',
      'listRuns',
      'listServiceDependencies',
      'listServices',
      'listWindows',
    ]);
  });

  const page = z.object({
    properties: z.looseObject({
      items: z.object({ items: z.object({ $ref: z.string() }) }),
      nextCursor: z.looseObject({ type: z.tuple([z.literal('string'), z.literal('null')]) }),
      limit: z.looseObject({ type: z.literal('integer') }),
    }),
    required: z.array(z.string()),
  });
  const item = z.object({ properties: z.record(z.string(), z.unknown()) });
  const schemaNamed = (reference: string | undefined) =>
    document.components.schemas[reference?.split('/').at(-1) ?? ''];
  const reference = z.object({ $ref: z.string() });

  it.each(named(lists))(
    '%s has items, nextCursor, limit, why it is empty, and fields of the items',
    (_, one) => {
      const { $ref } = reference.parse(one.responses['200']?.content?.['application/json']?.schema);
      const { properties, required } = page.parse(schemaNamed($ref));
      expect(required).toEqual(expect.arrayContaining(['items', 'nextCursor', 'limit', 'empty']));
      const { properties: fields } = item.parse(schemaNamed(properties.items.items.$ref));
      const parameter = one.parameters.find(({ name }) => name === 'fields');
      expect(parameter?.schema).toMatchObject({
        type: 'array',
        items: { enum: Object.keys(fields) },
      });
    },
  );

  it.each(named(lists))('%s points at a wrong cursor, limit and fields', async (_, one) => {
    const wrong = { cursor: 'x', limit: '0', fields: 'id,no' };
    for (const [name, value] of Object.entries(wrong)) {
      const response = await app.request(...requestOf(one, { [name]: value }));
      expect(response.status, name).toBe(400);
      const { errors } = await problemOf(response);
      expect(errors?.map(({ pointer }) => pointer)).toEqual([`/query/${name}`]);
    }
  });
});

describe('a failure inside', () => {
  const secret = 'bolt://neo4j:hunter2@10.0.0.7:7687';

  /** An app in which everything that can be asked fails. */
  function failing(thrown: unknown) {
    const fails = async (): Promise<never> => {
      throw thrown;
    };
    // Whatever is asked of it, it throws.
    const broken = <Dep extends object>(): Dep => new Proxy({} as Dep, { get: () => fails });
    const lines: string[] = [];
    const broke = createApp({
      queries: broken(),
      dependencies: broken(),
      pages: broken(),
      tokens: broken(),
      windows: broken(),
      changes: broken(),
      watch: broken(),
      diffs: broken(),
      explanations: broken(),
      access: { authenticator: knownCaller, keys: broken(), metricsNeedKey: false },
      impacts: broken(),
      runs: broken(),
      readiness: { neo4j: fails },
      isShuttingDown: () => false,
      logger: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
      registry: new Registry(),
      version: '1.2.3',
      now: () => instantMillis,
    });
    return { app: conforming(broke), lines };
  }

  const failures: [string, unknown][] = [
    ['an error', new Error(secret)],
    ['a type error', new TypeError(`Cannot read ${secret}`)],
    [
      'a graph that is away',
      new AppError('GraphUnavailable', secret, { cause: new Error(secret) }),
    ],
    [
      'rows that are not as expected',
      z.object({ id: z.string() }).safeParse({ id: [secret] }).error,
    ],
  ];
  const inner = operations.filter(
    ({ operationId }) =>
      !['getHealth', 'getMetrics', 'nodeGraphHealth', 'nodeGraphFields'].includes(operationId),
  );

  it.each(failures)('that is %s shows nothing of it, whatever was asked', async (_, thrown) => {
    const { app: broke, lines } = failing(thrown);
    for (const one of inner) {
      const response = await broke.request(...requestOf(one));
      expect(response.status, one.operationId).toBeGreaterThanOrEqual(500);
      expect(await response.text(), one.operationId).not.toMatch(/hunter2|10\.0\.0\.7|\.ts:/);
    }
    expect(lines.join('')).toContain('request failed');
  });
});
