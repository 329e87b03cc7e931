import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'csv-parse/sync';
import cytoscape from 'cytoscape';
import { MultiDirectedGraph } from 'graphology';
import { parse as parseGraphml } from 'graphology-graphml';
import { fromDot } from 'ts-graphviz';
import { describe, expect, it, vi } from 'vitest';
import type { DependencyRow } from '../../src/graph/queries.ts';
import type { ServiceRow } from '../../src/graph/resolve-service.ts';
import { bodyOf, createTestApp, dependencyRow, serviceRow, standing } from './doubles.ts';
import { flowchartOf } from './mermaid-reader.ts';

/** Names that try to break out of a format; each is that of a service. */
const hostile = [
  'plain',
  'quote " and \' and `tick`',
  'back\\slash\\',
  'end\\"',
  'line\nfeed\r\nand return\r',
  'tab\there',
  'arrow --> and -.-> and ~~~',
  'end of ]]> CDATA <![CDATA[ and <!-- --> and -->',
  '<script>alert("&amp;")</script>',
  '#quot; #35; & &lt; &#60;',
  '"] --> evil["owned',
  'end',
  'subgraph x',
  '=HYPERLINK("http://127.0.0.1")',
  '+1-2',
  '-1',
  '@SUM(A1)',
  'a,b;c|d',
  '%% comment',
  '// comment # comment /* */',
  '{"json": [1]}',
  'emoji 😀 👩‍👩‍👧 ☃',
  'עברית \u202eevil\u202c العربية',
  'e\u0301 é',
  '{{y}} %n $x',
];
/** What is not text is replaced by U+FFFD where a format cannot hold it. */
const unprintable = 'nul\0 bell\u0007 escape\u001b delete\u007f half\ud83d';
const replaced = 'nul\ufffd bell\ufffd escape\ufffd delete\ufffd half\ufffd';
const names = [...hostile, unprintable];

const services: ServiceRow[] = names.map((name, index) => ({
  ...serviceRow(`shop:s${index}`),
  name,
}));
const dependencies = services.map(
  ({ id }, index): DependencyRow => ({
    ...dependencyRow(id, services[(index + 1) % services.length]?.id ?? id),
    ...(index === 1
      ? ({ state: 'stale', requestsPerSecond: null, errorRatio: null } as const)
      : {}),
    ...(index === 2 ? { modes: ['sync' as const, 'async' as const] } : {}),
  }),
);
const edges = dependencies.map(({ id, client, server }) => [id, client, server]);

/** An API whose graph has these services, in two pages. */
function exporting(rows: typeof dependencies = dependencies) {
  const half = Math.ceil(rows.length / 2);
  return createTestApp({
    pages: {
      async *pages() {
        for (const page of [rows.slice(0, half), rows.slice(half)]) {
          const ends = new Set(page.flatMap(({ client, server }) => [client, server]));
          yield { services: services.filter(({ id }) => ends.has(id)), dependencies: page };
        }
      },
    },
  }).app;
}

async function exported(query: string, headers: Record<string, string> = {}) {
  const response = await exporting().request(`/api/v1/graph?${query}`, { headers });
  expect(response.status).toBe(200);
  return { text: await response.text(), headers: response.headers };
}

const expectedNames = names.map((name) => (name === unprintable ? replaced : name));

describe('an export, read by a program of its format', () => {
  it('is NDJSON: whole when it has an end', async () => {
    const { text, headers } = await exported('format=ndjson');
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toBe('attachment; filename="topolog.ndjson"');
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    const all = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(all[0]).toEqual({ type: 'graph', at: null, view: 'full' });
    expect(all.at(-1)).toEqual({
      type: 'end',
      services: names.length,
      dependencies: names.length,
      truncated: false,
      ...standing,
    });
    expect(all.filter(({ type }) => type === 'service').map(({ name }) => name)).toEqual(
      // JSON holds every text but a half of a pair, which is escaped.
      names,
    );
    const told = new Set<unknown>();
    for (const { type, id, client, server } of all) {
      if (type === 'service') told.add(id);
      if (type === 'dependency') expect(told.has(client) && told.has(server)).toBe(true);
    }
    const read = all.filter(({ type }) => type === 'dependency');
    expect(read.map(({ id, client, server }) => [id, client, server])).toEqual(edges);
    expect(read[0]).toMatchObject({ requestsPerSecond: 2.5, latency: { server: {} } });
  });

  it('is JSON of Cytoscape', async () => {
    const { text, headers } = await exported('format=cytoscape');
    expect(headers.get('content-type')).toBe('application/json');
    const content = JSON.parse(text);
    const graph = cytoscape({ headless: true, ...content });
    expect(graph.nodes().map((node) => node.data('name'))).toEqual(names);
    expect(
      graph.edges().map((edge) => [edge.id(), edge.source().id(), edge.target().id()]),
    ).toEqual(edges);
    expect(graph.edges()[0]?.data()).toMatchObject({ modes: ['sync'], requestsPerSecond: 2.5 });
    expect(content.data).toEqual({ at: null, truncated: false, ...standing });
  });

  it('is GraphML', async () => {
    const { text, headers } = await exported('format=graphml');
    expect(headers.get('content-type')).toBe('application/graphml+xml');
    const graph = parseGraphml(MultiDirectedGraph, text);
    expect(graph.mapNodes((_, { name }) => name)).toEqual(expectedNames);
    expect(graph.mapEdges((id, _, client, server) => [id, client, server])).toEqual(edges);
    expect(graph.getEdgeAttributes(edges[0]?.[0])).toMatchObject({
      state: 'active',
      requestsPerSecond: 2.5,
      serverLatencyP95Seconds: 0.25,
    });
    expect(graph.getNodeAttributes('shop:s0')).toMatchObject({ virtual: false });
    expect(text).toContain(
      '<data key="graph.freshness">[{&quot;source&quot;:&quot;prometheus&quot;',
    );
    expect(text).toContain('<data key="graph.coverage">complete</data>');
  });

  it('is DOT', async () => {
    const { text, headers } = await exported('format=dot');
    expect(headers.get('content-type')).toBe('text/vnd.graphviz');
    const graph = fromDot(text);
    expect(graph.nodes.map(({ id }) => id)).toEqual(services.map(({ id }) => id));
    const labels = graph.nodes.map(({ attributes }) => shownByGraphviz(attributes.get('label')));
    // Graphviz knows one line end.
    expect(labels).toEqual(
      expectedNames.map((name) => `shop/${name.replaceAll(/\r\n|\r/g, '\n')}`),
    );
    const read = graph.edges.map(({ attributes, targets }) => [
      attributes.get('id'),
      ...targets.map((target) => ('id' in target ? target.id : undefined)),
    ]);
    expect(read).toEqual(edges);
    expect(graph.edges.map(({ attributes }) => attributes.get('style'))).toEqual(
      dependencies.map(({ state }) => (state === 'active' ? undefined : 'dashed')),
    );
  });

  it('is a flowchart of Mermaid', async () => {
    const { text, headers } = await exported('format=mermaid');
    expect(headers.get('content-type')).toBe('text/vnd.mermaid');
    const { nodes, edges: arrows } = await flowchartOf(text);
    expect(nodes.map(({ text: name }) => name).sort()).toEqual(
      expectedNames.map((name) => `shop/${name}`).sort(),
    );
    const nameOf = new Map(nodes.map(({ id, text: name }) => [id, name]));
    expect(arrows.map(({ start, end }) => [nameOf.get(start), nameOf.get(end)])).toEqual(
      names.map((_, index) => [
        `shop/${expectedNames[index]}`,
        `shop/${expectedNames[(index + 1) % names.length]}`,
      ]),
    );
    expect(arrows.map(({ stroke }) => stroke).slice(0, 3)).toEqual(['normal', 'dotted', 'normal']);
    expect(arrows[2]?.text).toBe('sync, async');
  });

  it('is a flowchart of Mermaid, in which kinds have shapes of their own, and a self-call one node', async () => {
    const shapes = {
      service: 'square',
      database: 'cylinder',
      messaging: 'odd',
      external: 'hexagon',
      user: 'stadium',
      unknown: 'round',
    } as const;
    const kinds = Object.keys(shapes) as (keyof typeof shapes)[];
    const ends = kinds.map((kind) => ({ ...serviceRow(kind), kind }));
    const graph = {
      services: ends,
      dependencies: kinds.map((kind) => dependencyRow('service', kind)),
    };
    const { app } = createTestApp({
      pages: {
        async *pages() {
          yield graph;
        },
      },
    });
    const response = await app.request('/api/v1/graph?format=mermaid');
    const { nodes } = await flowchartOf(await response.text());
    expect(Object.fromEntries(nodes.map(({ text, type }) => [text, type]))).toEqual(shapes);
  });

  it('is a table, in which no text is a formula', async () => {
    const { text, headers } = await exported('format=csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const rows = parse<Record<string, string>>(text, {
      columns: true,
      recordDelimiter: '\r\n',
    });
    const safe = (name: string) => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name);
    expect(rows.map(({ clientName }) => clientName)).toEqual(
      names.map((name) => safe(Buffer.from(name).toString())),
    );
    expect(rows.map(({ id, client, server }) => [id, client, server])).toEqual(edges);
    expect(rows[0]).toMatchObject({ requestsPerSecond: '2.5', modes: 'sync' });
    expect(rows[1]).toMatchObject({ state: 'stale', requestsPerSecond: '' });
    expect(rows.flatMap((row) => Object.values(row)).filter((one) => /^[=+@]/.test(one))).toEqual(
      [],
    );
  });
});

/** A label as Graphviz draws it. */
function shownByGraphviz(label: string | undefined): string | undefined {
  return label
    ?.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
    .replaceAll('&amp;', '&');
}

describe('the format of the graph', () => {
  it.each([
    ['application/x-ndjson', 'application/x-ndjson'],
    ['text/csv, application/json;q=0.5', 'text/csv; charset=utf-8; header=present'],
    ['application/json;q=0.1, text/vnd.mermaid;q=0.9', 'text/vnd.mermaid'],
    ['text/html, */*;q=0.8', 'application/json'],
  ])('is that of Accept: %s', async (accept, type) => {
    const { headers } = await exported('', { Accept: accept });
    expect(headers.get('content-type')).toBe(type);
  });

  it('is that of the query before all', async () => {
    const { headers } = await exported('format=dot', { Accept: 'text/csv' });
    expect(headers.get('content-type')).toBe('text/vnd.graphviz');
    expect((await exporting().request('/api/v1/graph?format=png')).status).toBe(400);
  });

  it('names the instant in the file and in the export', async () => {
    const { text, headers } = await exported('format=dot&at=2026-03-01T11:00:00Z');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="topolog-2026-03-01T11-00-00-000Z.dot"',
    );
    expect(text).toContain('2026-03-01T11:00:00.000Z');
  });
});

describe('the topology alone', () => {
  it.each(['json', 'ndjson', 'cytoscape', 'graphml', 'dot', 'mermaid'])(
    'of %s shows no traffic and nothing of evidence',
    async (format) => {
      const { text } = await exported(`format=${format}&view=topology`);
      const shown = text.replaceAll(/<key [^>]*>/g, '');
      expect(shown).toContain('shop:s0~~shop:s1'.slice(0, format === 'mermaid' ? 0 : undefined));
      expect(shown).not.toMatch(
        /requestsPerSecond|errorRatio|[lL]atency|SeenAt|freshness|coverage|\b2\.5\b/,
      );
    },
  );

  it('keeps its ETag while only evidence moves', async () => {
    let evidence = 'a';
    const { app } = createTestApp({
      tokens: { tokens: async () => ({ belief: '1-x', evidence }) },
    });
    const etagOf = async (query: string) =>
      (await app.request(`/api/v1/graph?${query}`)).headers.get('etag');
    const queries = ['view=topology', 'format=mermaid', 'view=topology&format=dot', 'format=dot'];
    const before = await Promise.all(queries.map(etagOf));
    evidence = 'b';
    const after = await Promise.all(queries.map(etagOf));
    expect(after.map((etag, index) => etag === before[index])).toEqual([true, true, true, false]);
  });
});

describe('an export of too much', () => {
  const many = Array.from({ length: 800 }, (_, index) => ({
    ...dependencyRow(services[index % 20]?.id ?? '', services[(index * 7 + 3) % 20]?.id ?? ''),
    id: `d${index}`,
  }));

  it('is cut for Mermaid where Mermaid would refuse it, and says so in the picture', async () => {
    const response = await exporting(many).request('/api/v1/graph?format=mermaid');
    const { nodes, edges: arrows } = await flowchartOf(await response.text());
    expect(arrows).toHaveLength(500);
    expect(nodes.find(({ id }) => id === 'more')?.text).toContain('cut after 500 dependencies');
  });

  it('is not cut in other formats', async () => {
    const response = await exporting(many).request('/api/v1/graph?format=csv');
    expect(parse(await response.text(), { columns: true })).toHaveLength(800);
  });
});

describe('an export of very much', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: unknown = runInNewContext('gc');
  function heapBytes(): number {
    if (typeof collectGarbage === 'function') collectGarbage();
    return process.memoryUsage().heapUsed;
  }

  it('is made as it is read, and needs no more memory for more of it', async () => {
    const pageCount = 18;
    let made = 0;
    const { app } = createTestApp({
      pages: {
        async *pages() {
          for (; made < pageCount; made += 1) {
            const page = Array.from({ length: 1000 }, (_, index) => ({
              ...dependencyRow('shop:s0', 'shop:s1'),
              id: `shop:s0~~shop:s1-${made}-${index}`,
            }));
            yield { services: services.slice(0, 2), dependencies: page };
          }
        },
      },
    });
    const response = await app.request('/api/v1/graph?format=ndjson');
    expect(made).toBe(0);
    const heap: number[] = [];
    let bytes = 0;
    let read = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      read += 1;
      // No more than a page is made before it is asked for.
      expect(made).toBeLessThanOrEqual(read);
      if (read % 6 === 0) heap.push(heapBytes());
    }
    expect(bytes).toBeGreaterThan(6_000_000);
    const [first = 0] = heap;
    expect(heap.length).toBe(3);
    expect(Math.max(...heap) - first).toBeLessThan(3_000_000);
  });

  it('is read no further when its reader goes away', async () => {
    let ended = false;
    let made = 0;
    const { app } = createTestApp({
      pages: {
        async *pages() {
          try {
            for (; made < 300; made += 1) {
              // As a database does, it takes its time.
              await setImmediate();
              const page = Array.from({ length: 200 }, () => ({
                ...dependencyRow('shop:s0', 'shop:s1'),
                id: randomUUID(),
              }));
              yield { services: services.slice(0, 2), dependencies: page };
            }
          } finally {
            ended = true;
          }
        },
      },
    });
    const response = await app.request('/api/v1/graph?format=csv', {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(ended).toBe(true));
    expect(made).toBeLessThan(30);
  });
});

describe('an export that cannot be read on', () => {
  function failing(before: number) {
    return createTestApp({
      pages: {
        async *pages() {
          for (let page = 0; page < before; page += 1) yield { services, dependencies };
          throw new Error('The graph is gone.');
        },
      },
    });
  }

  it('is a problem where nothing was sent yet', async () => {
    const response = await failing(0).app.request('/api/v1/graph?format=ndjson');
    expect(response.status).toBe(500);
    expect(await bodyOf(response)).toMatchObject({ code: 'Internal' });
  });

  it('breaks off later, and is logged', async () => {
    const { app, lines } = failing(1);
    const response = await app.request('/api/v1/graph?format=ndjson');
    await expect(response.text()).rejects.toThrow('The graph is gone.');
    expect(lines.map(({ msg }) => msg)).toContain('an export was cut off');
  });
});
