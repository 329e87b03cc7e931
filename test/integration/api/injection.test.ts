import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../../src/api/app.ts';
import { createRunRequests } from '../../../src/graph/run-requests.ts';
import { createRunRecords } from '../../../src/graph/runs.ts';
import { createWindowRecords } from '../../../src/graph/windows.ts';
import { createRuns } from '../../../src/runs/create-runs.ts';
import { openTemporal, type Temporal } from '../../../src/runs/temporal.ts';
import { loadConfig } from '../../../src/runtime/config.ts';
import { askingOf } from '../../support/asking.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { hostileTexts } from '../../support/hostile.ts';
import { testSource } from '../../support/source.ts';
import { endOf, storyOf } from '../../support/story.ts';

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  example: z.unknown().optional(),
});
const operation = z.object({
  operationId: z.string(),
  parameters: z.array(parameter).default([]),
  responses: z.record(z.string(), z.unknown()),
});
const contract = z.object({
  paths: z.record(z.string(), z.record(z.string(), operation)),
});
type Parameter = z.output<typeof parameter>;
type Operation = z.output<typeof operation> & { readonly path: string; readonly method: string };

const everything = `MATCH (n) OPTIONAL MATCH (n)-[r]->(m)
  RETURN labels(n) AS labels, properties(n) AS node, type(r) AS type, properties(r) AS relationship, m.id AS other
  ORDER BY labels, node.id, node.sequence, type, relationship.id, other`;

describe('hostile texts in every place of the API', () => {
  let graph: TestGraph;
  let temporal: Temporal;
  let app: ReturnType<typeof createApp>;
  let operations: Operation[];

  beforeAll(async () => {
    temporal = openTemporal(loadConfig({ TEMPORAL_ADDRESS: inject('temporalAddress') }));
    graph = await openTestGraph();
    const { hour } = storyOf(graph);
    await hour(0, { 'web>api': 'sync', 'api>orders': 'async' });
    // They are names of services too: each calls the same one.
    const named = hostileTexts.filter((text) => !text.includes('>') && text.isWellFormed());
    await hour(1, Object.fromEntries(named.map((text) => [`${text}>api`, 'sync' as const])));

    const now = () => endOf(2);
    app = createApp({
      ...askingOf(graph.database, now),
      runs: createRuns({
        temporal,
        sources: [testSource({ id: 'shop', url: 'http://127.0.0.1:1' })],
        records: createRunRecords(graph.database),
        requests: createRunRequests(graph.database),
        windows: createWindowRecords(graph.database, 100),
        now,
      }),
      readiness: {},
      isShuttingDown: () => false,
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      version: '0.0.0',
      now,
    });
    const { paths } = contract.parse(await (await app.request('/openapi.json')).json());
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({ ...one, path, method })),
    );
  });

  afterAll(async () => {
    await temporal.close();
    await graph.close();
  });

  const dump = async () => JSON.stringify(await graph.cypher(everything));

  /** The path of an operation with one of its parameters (or one that nobody knows) set to a text. */
  function pathOf({ path, parameters }: Operation, name: string, text: string): string {
    const value = ({ name: own, example }: Parameter) =>
      own === name ? encode(text) : encode(String(example ?? 'web'));
    const places = parameters.filter((one) => one.in === 'path');
    const filled = places.reduce((done, one) => done.replace(`{${one.name}}`, value(one)), path);
    const asked = parameters
      .filter((one) => one.in === 'query' && (one.required === true || one.name === name))
      .map((one) => `${one.name}=${value(one)}`);
    if (!parameters.some((one) => one.name === name)) asked.push(`${encode(name)}=${encode(text)}`);
    return `${filled}?${asked.join('&')}`;
  }

  async function expectDocumented(one: Operation, path: string, init: RequestInit, text: string) {
    const client = new AbortController();
    const response = await app.request(path, { ...init, signal: client.signal });
    const { status } = response;
    const about = `${one.method} ${path} (${JSON.stringify(text)}): ${status}`;
    if (status >= 500) expect.fail(`${about}: ${await response.text()}`);
    // A path is another one where the text is a dot or has a slash.
    if (status !== 404 && status !== 405)
      expect(Object.keys(one.responses), about).toContain(`${status}`);
    if (status >= 400) {
      expect(response.headers.get('Content-Type'), about).toMatch(/^application\/(problem\+)?json/);
    }
    await response.body?.cancel();
    client.abort();
  }

  it('change nothing, are never a fault, and get no answer that is not documented', {
    timeout: 300_000,
  }, async () => {
    const before = await dump();
    expect(before.length).toBeGreaterThan(5000);
    expect(operations.length).toBeGreaterThan(15);
    for (const one of operations.filter(({ method }) => method === 'get')) {
      const names = [...one.parameters.map(({ name }) => name), '__proto__'];
      const headers = one.parameters.filter((header) => header.in === 'header');
      const askWith = (name: string, text: string) => {
        const sendable = /^[\x20-\x7e]*$/.test(text) ? headers : [];
        const init = { headers: Object.fromEntries(sendable.map((header) => [header.name, text])) };
        return expectDocumented(one, pathOf(one, name, text), init, text);
      };
      for (const name of names) {
        // A few at a time: what is tested is not how much Neo4j bears.
        for (let i = 0; i < hostileTexts.length; i += 4) {
          await Promise.all(hostileTexts.slice(i, i + 4).map((text) => askWith(name, text)));
        }
      }
    }
    expect(await dump()).toBe(before);
  });

  it('start no run', { timeout: 120_000 }, async () => {
    const before = await dump();
    const [start] = operations.filter(({ operationId }) => operationId === 'startRun');
    if (start === undefined) throw new Error('There is no way to start a run.');
    for (const text of hostileTexts) {
      for (const body of [
        { kind: text },
        { kind: 'ingest', source: text },
        { kind: 'ingest', source: 'shop', from: text },
        { kind: 'ingest', source: 'shop', to: text },
        { kind: 'ingest', source: 'shop', [text]: 1 },
        { kind: { $ne: text } },
        text,
      ]) {
        const init = {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        };
        await expectDocumented(start, start.path, init, text);
      }
    }
    expect(await dump()).toBe(before);
  });

  it('that are names of services are found by them', async () => {
    for (const text of ["'}) DETACH DELETE n //", '$id', '\u202eevil\u202c', '__proto__']) {
      const response = await app.request(`/api/v1/services/${encodeURIComponent(text)}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ service: { name: text } });
    }
  });
});

/** Percent-encoded; a lone surrogate as the bytes it would have. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}
