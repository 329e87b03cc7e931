import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { z } from 'zod';

const text = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');

const content = z.record(
  z.string(),
  z.looseObject({
    schema: z.unknown(),
    example: z.unknown().optional(),
    examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
  }),
);
const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  example: z.unknown().optional(),
  schema: z.looseObject({ example: z.unknown().optional() }),
});
const described = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.optional() })),
});
const contract = z.object({
  paths: z.record(z.string(), z.record(z.string(), described)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** docs/openapi.json, as far as tests look at it. */
export const document = contract.parse(JSON.parse(text));

export interface Operation extends z.output<typeof described> {
  readonly path: string;
  readonly method: string;
}

/** Every operation of the contract. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      ...one,
      path,
      method: method.toUpperCase(),
    })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addSchema(closed(JSON.parse(text)) as object, 'contract');

/** The contract with no field allowed that it does not describe, so that none is forgotten in it. */
function closed(value: unknown, isSchema = false): unknown {
  if (Array.isArray(value)) return value.map((one) => closed(one));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    if (key !== 'properties') return [key, closed(inner, key === 'schema' || key === 'items')];
    const fields = Object.entries(inner ?? {}).map(([name, of]) => [name, closed(of, true)]);
    return [key, Object.fromEntries(fields)];
  });
  return { ...Object.fromEntries(entries), ...(isSchema ? { unevaluatedProperties: false } : {}) };
}

const escaped = (segment: string) => segment.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with a value as the schema at a place of the contract has it. */
export function faultsAt(place: readonly string[], value: unknown): string[] {
  const reference = `contract#/${place.map((one) => encodeURIComponent(escaped(one))).join('/')}`;
  const validate = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The place of the schema of an answer. */
export function schemaOf({ path, method }: Operation, status: string, type: string): string[] {
  return ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
}

function operationAt(method: string, pathname: string): Operation | undefined {
  const fits = ({ path }: Operation) =>
    new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname);
  const found = operations.filter((one) => one.method === method && fits(one));
  return found.find(({ path }) => !path.includes('{')) ?? found[0];
}

/** The body, left to be read once more; a stream is never asked for it, as it would not end. */
const bodyOf = (response: Response): Promise<unknown> => response.clone().json();

/** Holds an answer to the contract: its status, its content type and its body. */
export async function expectConforming(
  response: Response,
  method: string,
  path: string,
): Promise<void> {
  const { pathname } = new URL(path, 'http://test');
  const operation = operationAt(method, pathname);
  const type = (response.headers.get('Content-Type') ?? '').replace(/;.*$/, '');
  const status = String(response.status);
  const where = `${method} ${path} ${status} ${type}`;
  if (operation === undefined) {
    expect(type, where).toBe('application/problem+json');
    const faults = faultsAt(['components', 'schemas', 'Problem'], await bodyOf(response));
    expect(faults, where).toEqual([]);
    return;
  }
  expect(Object.keys(operation.responses), where).toContain(status);
  expect(Object.keys(operation.responses[status]?.content ?? {}), where).toContain(type);
  if (!type.endsWith('json')) return;
  expect(faultsAt(schemaOf(operation, status, type), await bodyOf(response)), where).toEqual([]);
}

interface Asked {
  request(path: string, init?: RequestInit): Response | Promise<Response>;
}

/** An app of which every answer is held to the contract. */
export function conforming(app: Asked): {
  request(path: string, init?: RequestInit): Promise<Response>;
} {
  return {
    async request(path, init = {}) {
      const response = await app.request(path, init);
      await expectConforming(response, init.method ?? 'GET', path);
      return response;
    },
  };
}
