import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureServer } from '../../dev/stack/index.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

const program = fileURLToPath(new URL('../../dev/check/contract.mjs', import.meta.url));
const contract = fileURLToPath(new URL('../../docs/openapi.json', import.meta.url));
const text = readFileSync(contract, 'utf8');

// On a machine that never built it, building it takes a while.
beforeAll(() => ensureServer('oasdiff'), 600_000);

type Part = Record<string, unknown>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;

/** What lies at a place of the contract; an entry of a list is found by its `name`. */
function partAt(document: unknown, ...path: string[]): Part {
  let part: unknown = document;
  for (const step of path) {
    const list: unknown[] = Array.isArray(part) ? part : [];
    part =
      list.find((one) => isPart(one) && one.name === step) ?? (isPart(part) ? part[step] : null);
  }
  if (!isPart(part)) throw new Error(`The contract has nothing at ${path.join(' ')}.`);
  return part;
}

/** The list at a place of the contract. */
function listAt(document: unknown, ...path: string[]): unknown[] {
  const list = partAt(document, ...path);
  if (!Array.isArray(list)) throw new Error(`The contract has no list at ${path.join(' ')}.`);
  return list;
}

type Change = (document: Part) => void;
const removes =
  (...path: string[]): Change =>
  (document) => {
    const name = path.at(-1) ?? '';
    const part = partAt(document, ...path.slice(0, -1));
    if (Array.isArray(part)) part.splice(part.indexOf(partAt(part, name)), 1);
    else delete part[name];
  };
const sets =
  (path: string[], values: Part): Change =>
  (document) =>
    Object.assign(partAt(document, ...path), values);
const appends =
  (path: string[], value: unknown): Change =>
  (document) =>
    listAt(document, ...path).push(value);
const all =
  (...changes: Change[]): Change =>
  (document) => {
    for (const change of changes) change(document);
  };

/** Whether the check lets a changed contract pass, and what it says. */
async function check(change: Change): Promise<{ passes: boolean; said: string }> {
  const document: unknown = JSON.parse(text);
  change(partAt(document));
  expect(document).not.toEqual(JSON.parse(text));
  const file = join(temporaryDirectory(), 'changed.json');
  writeFileSync(file, JSON.stringify(document));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, contract, file]);
    return { passes: true, said: stdout };
  } catch (error) {
    return { passes: false, said: isPart(error) ? String(error.stderr) : '' };
  }
}

const service = ['components', 'schemas', 'Service'];
const runs = ['paths', '/api/v1/runs', 'get'];

describe('a change that breaks clients does not pass', () => {
  it.each<[string, Change, RegExp]>([
    [
      'a field that is gone',
      all(removes(...service, 'properties', 'kind'), (document) => {
        const required = listAt(document, ...service, 'required');
        required.splice(required.indexOf('kind'), 1);
      }),
      /removed the required property/,
    ],
    [
      'a field that is gone from a list',
      removes('components', 'schemas', 'WindowItem', 'properties', 'end'),
      /removed the optional property/,
    ],
    ['an operation that is gone', removes(...runs), /removed/],
    ['a path that is gone', removes('paths', '/api/v1/diff'), /removed/],
    [
      'an answer without one of its values',
      (document) => listAt(document, ...service, 'properties', 'kind', 'enum').pop(),
      /enum value/,
    ],
    [
      'a parameter that must be given',
      sets(['paths', '/api/v1/diff', 'get', 'parameters', 'from'], { required: true }),
      /became required/,
    ],
    ['a parameter that is gone', removes(...runs, 'parameters', 'state'), /deleted/],
    [
      'a smaller greatest value',
      sets([...runs, 'parameters', 'limit', 'schema'], { maximum: 10 }),
      /max/,
    ],
    [
      'a field that may be null',
      sets([...service, 'properties', 'name'], { type: ['string', 'null'] }),
      /nullable/,
    ],
    [
      'another type of a field',
      sets([...service, 'properties', 'name'], { type: 'integer' }),
      /type/,
    ],
    [
      'an error that is gone',
      removes('paths', '/api/v1/services/{id}', 'get', 'responses', '404'),
      /status/,
    ],
    ['another operation id', sets(runs, { operationId: 'runs' }), /operation id/i],
  ])('%s', async (_, change, expected) => {
    const { passes, said } = await check(change);
    expect(said).toMatch(expected);
    expect(passes).toBe(false);
  });
});

describe('a change that clients need not notice passes', () => {
  it.each<[string, Change]>([
    ['a field more', sets([...service, 'properties'], { more: { type: 'string' } })],
    [
      'a parameter more that may be left out',
      appends([...runs, 'parameters'], { name: 'more', in: 'query', schema: { type: 'string' } }),
    ],
    [
      'an operation more',
      (document) => {
        const get = { ...partAt(document, ...runs), operationId: 'more' };
        Object.assign(partAt(document, 'paths'), { '/api/v1/more': { get } });
      },
    ],
    ['a value more of an answer', appends([...service, 'properties', 'kind', 'enum'], 'cron')],
    ['other words', sets(runs, { summary: 'Runs' })],
  ])('%s', async (_, change) => {
    expect(await check(change)).toMatchObject({ passes: true });
  });
});
