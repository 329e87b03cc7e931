import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bodyOf, createTestApp } from './doubles.ts';

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  description: z.string().min(1),
  schema: z.record(z.string(), z.unknown()),
});
const response = z.object({
  description: z.string().min(1),
  content: z.record(z.string(), z.object({ schema: z.unknown() })),
});
const operation = z.object({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z.array(parameter).optional(),
  responses: z.record(z.string().regex(/^[2345]\d\d$/), response),
});
const document = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.enum(['get', 'post', 'delete']), operation.optional())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

const read = async () => {
  const answer = await createTestApp().app.request('/openapi.json');
  return bodyOf<{ info: object }>(answer);
};
const operationsOf = (text: unknown) =>
  Object.entries(document.parse(text).paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, found]) =>
      found === undefined ? [] : [{ path, method, ...found }],
    ),
  );

/** Every value under a key anywhere in a JSON value. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === key ? [inner] : valuesOf(key, inner),
  );
}

describe('the OpenAPI document', () => {
  it('is version 3.1 and describes every route of the API', async () => {
    const described = operationsOf(await read()).map(({ method, path }) => `${method} ${path}`);
    const { routes } = createTestApp().app;
    const served = routes
      .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(new Set(described)).toEqual(new Set(served));
    expect(described).toHaveLength(27);
  });

  it('names every operation once and puts it under a known tag', async () => {
    const text = await read();
    const operations = operationsOf(text);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.parse(text).tags.map(({ name }) => name);
    for (const { tags: used } of operations) expect(tags).toEqual(expect.arrayContaining(used));
  });

  it('describes the errors of every operation as problems', async () => {
    for (const { operationId, responses } of operationsOf(await read())) {
      expect(responses, operationId).toHaveProperty('500');
      for (const [status, { content }] of Object.entries(responses)) {
        const isReadiness = operationId === 'getReadiness' && status === '503';
        if (Number(status) < 400 || isReadiness) continue;
        expect(Object.keys(content), `${operationId} ${status}`).toEqual([
          'application/problem+json',
        ]);
      }
    }
  });

  it('describes every placeholder of a path as a parameter', async () => {
    for (const { path, parameters } of operationsOf(await read())) {
      const named = (parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name);
      expect(named).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    }
  });

  it('gives bounds and default of numbers in the query', async () => {
    const limits = operationsOf(await read()).flatMap(({ operationId, parameters }) =>
      (parameters ?? [])
        .filter(({ name }) => name === 'limit')
        .map(({ schema }) => ({ operationId, schema })),
    );
    const bounds = (operationId: string, minimum: number, maximum: number, fallback: number) => ({
      operationId,
      schema: { type: 'integer', minimum, maximum, default: fallback },
    });
    expect(limits).toMatchObject([
      bounds('listServices', 1, 1000, 100),
      bounds('getBlastRadius', 1, 10_000, 1000),
      bounds('getDiff', 0, 10_000, 1000),
      bounds('listChanges', 1, 1000, 100),
      bounds('nodeGraphData', 2, 1500, 1500),
      bounds('listRuns', 1, 200, 50),
      bounds('listWindows', 1, 1000, 100),
      bounds('listKeys', 1, 1000, 100),
    ]);
  });

  it('has no reference that leads nowhere', async () => {
    const text = await read();
    const references = valuesOf('$ref', text);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(String(reference))?.[1] ?? '';
      expect(Object.keys(document.parse(text).components.schemas)).toContain(name);
    }
  });

  it('says null in the way of 3.1', async () => {
    expect(valuesOf('nullable', await read())).toEqual([]);
  });

  it('is the one in docs/openapi.json', async () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
    const served = await read();
    const generated = { ...served, info: { ...served.info, version } };
    await expect(`${JSON.stringify(generated, null, 2)}\n`).toMatchFileSnapshot(
      '../../docs/openapi.json',
    );
  });
});
