import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { z } from 'zod';

/** As much of OTLP's messages as the tests look at. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4;
    string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`);
const requestType = root.lookupType('Request');

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).optional() }))
  .default([])
  .transform((pairs) =>
    Object.fromEntries(pairs.map(({ key, value = {} }) => [key, Object.values(value)[0]])),
  );
const id = z.string().transform((base64) => Buffer.from(base64, 'base64').toString('hex'));
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: id,
              spanId: id,
              parentSpanId: id.default(''),
              name: z.string(),
              kind: z.number(),
              startTimeUnixNano: z.string().transform(BigInt),
              endTimeUnixNano: z.string().transform(BigInt),
              attributes,
              status: z.object({ code: z.number().default(0) }).default({ code: 0 }),
            }),
          ),
        }),
      ),
    }),
  ),
});

type RawSpan = z.output<
  typeof requestSchema
>['resourceSpans'][number]['scopeSpans'][number]['spans'][number];

/** A span as it was sent, and the service that sent it. */
export interface ReceivedSpan extends RawSpan {
  readonly service: string;
}

/** Takes spans as a collector does, by OTLP over HTTP, and keeps them. */
export async function otlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const paths = new Set<string>();
  const server = createServer(async (request, response) => {
    paths.add(request.url ?? '');
    const message = requestType.decode(await buffer(request));
    const decoded = requestType.toObject(message, { bytes: String, longs: String });
    for (const { resource, scopeSpans } of requestSchema.parse(decoded).resourceSpans) {
      const service = String(resource.attributes['service.name']);
      for (const scope of scopeSpans) spans.push(...scope.spans.map((s) => ({ ...s, service })));
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: spans as readonly ReceivedSpan[],
    paths: paths as ReadonlySet<string>,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/**
 * Spans as a tree, one a line, each below the one it was begun in, in the order of their beginning;
 * what is done several times in a row without anything below it is one line.
 */
export function treeOf(spans: readonly ReceivedSpan[]): string {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const childrenOf = (parent: string | null) =>
    spans
      .filter(({ parentSpanId }) =>
        parent === null ? !known.has(parentSpanId) : parentSpanId === parent,
      )
      .toSorted((a, b) => (a.startTimeUnixNano < b.startTimeUnixNano ? -1 : 1));
  const lines: string[] = [];
  const add = (parent: string | null, depth: number) => {
    let last = { name: '', times: 0, millis: 0 };
    for (const span of childrenOf(parent)) {
      const isLeaf = childrenOf(span.spanId).length === 0;
      const again = isLeaf && last.name === span.name;
      if (again) lines.pop();
      const millis = Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6;
      last = {
        name: isLeaf ? span.name : '',
        times: again ? last.times + 1 : 1,
        millis: again ? last.millis + millis : millis,
      };
      const times = last.times > 1 ? ` ×${last.times}` : '';
      const shown = `${'  '.repeat(depth)}${span.name}${times}`;
      lines.push(`${shown.padEnd(56)} ${span.service.padEnd(15)} ${last.millis.toFixed(0)} ms`);
      add(span.spanId, depth + 1);
    }
  };
  add(null, 0);
  return lines.join('\n');
}
