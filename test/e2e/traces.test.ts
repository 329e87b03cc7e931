import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { openTemporal } from '../../src/runs/temporal.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { otlpReceiver, type ReceivedSpan, treeOf } from '../support/otlp-receiver.ts';
import { type AppProcess, createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../support/recording.ts';
import { recordingProxy } from '../support/servers.ts';
import { completed, startRun } from '../support/start-run.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callersSpan = 'b7ad6b7169203331';
const at = (quarter: number) => new Date((epoch + quarter * 900) * 1000).toISOString();
const lineSchema = z.looseObject({ msg: z.string() });

describe('a traced stack', () => {
  let prometheus: RecordedPrometheus;
  let proxy: Awaited<ReturnType<typeof recordingProxy>>;
  let graph: TestGraph;
  let receiver: Awaited<ReturnType<typeof otlpReceiver>>;
  let processes: ReturnType<typeof createProcesses>;
  let server: AppProcess;
  let worker: AppProcess;
  let trace: readonly ReceivedSpan[];
  let run: Awaited<ReturnType<typeof startRun>>;

  const find = (name: string) => trace.filter((span) => span.name === name);
  const parentOf = (span: ReceivedSpan | undefined) =>
    trace.find(({ spanId }) => spanId === span?.parentSpanId);
  const linesOf = ({ logFile }: AppProcess) =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => lineSchema.parse(JSON.parse(line)));

  beforeAll(async () => {
    prometheus = await prometheusWith([
      ...series(requests, pair('web', 'cart'), 0, counting(0, 3, 46)),
      ...series(requests, pair('cart', 'stock'), 16, counting(0, 3, 30)),
    ]);
    proxy = await recordingProxy(prometheus.url);
    graph = await openTestGraph();
    receiver = await otlpReceiver();
    processes = createProcesses({
      PROMETHEUS_URL: proxy.url,
      OTEL_GRAPH_SOURCE_ID: 'traced',
      TEMPORAL_TASK_QUEUE: `traced-${process.pid}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      // Longer than the test takes: what arrives was sent when the processes were told to stop.
      OTEL_BSP_SCHEDULE_DELAY: '600000',
    });
    server = await processes.startServer();
    worker = await processes.startWorker();
    // The first run of all meets cold servers; the second is the one that is looked at.
    const first = await startRun(server.url, { from: at(0), to: at(1) });
    await completed(server.url, first.id);
    proxy.headers.splice(0);
    run = await startRun(
      server.url,
      { from: at(1), to: at(2) },
      {
        traceparent: `00-${traceId}-${callersSpan}-01`,
        baggage: 'secret=carried-on',
        authorization: 'Bearer hidden',
      },
    );
    const temporal = openTemporal(loadConfig({ TEMPORAL_ADDRESS: inject('temporalAddress') }));
    await temporal.client.workflow.getHandle(run.workflowId).result();
    await temporal.close();
    await worker.stop();
    await server.stop();
    trace = receiver.spans.filter((span) => span.traceId === traceId);
    if (process.env.PRINT_TRACE) process.stdout.write(`${treeOf(trace)}\n`);
  }, 180_000);

  afterAll(async () => {
    await processes.stopAll();
    await proxy.close();
    await prometheus.stop();
    await graph.close();
    await receiver.close();
  });

  it('sends one connected trace, from the request to the statements and the questions', () => {
    const spans = new Set(trace.map(({ spanId }) => spanId));
    const loose = trace.filter(({ parentSpanId }) => !spans.has(parentSpanId));
    expect(loose.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['POST /api/v1/runs', callersSpan],
    ]);
    const written = find('ingest/create-observed')[0];
    const asked = find('POST /api/v1/query')[0];
    const pathOf = (span: ReceivedSpan | undefined): string[] =>
      span === undefined ? [] : [...pathOf(parentOf(span)), span.name];
    const above = ['POST /api/v1/runs', 'StartWorkflow:reingest', 'RunWorkflow:reingest'];
    expect(pathOf(written)).toEqual([
      ...above,
      'StartActivity:ingestShard',
      'RunActivity:ingestShard',
      'ingest/create-observed',
    ]);
    expect(pathOf(asked)).toEqual([
      ...above,
      'StartActivity:planWindow',
      'RunActivity:planWindow',
      'POST /api/v1/query',
    ]);
    expect(new Set(trace.map(({ service }) => service))).toEqual(
      new Set(['topolog-api', 'topolog-worker']),
    );
    expect(receiver.paths).toEqual(new Set(['/v1/traces']));
  });

  it('says what each span is of, and nothing that could be secret', () => {
    expect(find('POST /api/v1/runs')[0]).toMatchObject({
      kind: 2,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/api/v1/runs',
        'http.response.status_code': '202',
      },
    });
    expect(find('POST /api/v1/query')[0]).toMatchObject({
      kind: 3,
      attributes: {
        'server.address': '127.0.0.1',
        'server.port': new URL(proxy.url).port,
        'http.response.status_code': '200',
        'topolog.source': 'traced',
      },
    });
    expect(find('ingest/create-observed')[0]).toMatchObject({
      kind: 3,
      attributes: { 'db.system.name': 'neo4j', 'db.operation.name': 'ingest/create-observed' },
    });
    expect(find('RunActivity:ingestShard')[0]?.attributes).toMatchObject({
      'topolog.run': run.id,
      'topolog.source': 'traced',
    });
    const said = JSON.stringify(trace.map(({ attributes }) => attributes));
    for (const secret of ['hidden', 'carried-on', 'web', 'cart', requests]) {
      expect(said).not.toContain(`"${secret}"`);
    }
    expect(said).not.toContain('hidden');
  });

  it('tells the source of the trace, span by span, and of no baggage', () => {
    const told = proxy.headers.map(({ traceparent }) => traceparent);
    const asked = new Set(
      [
        'POST /api/v1/query',
        'POST /api/v1/query_range',
        'GET /api/v1/label/{name}/values',
        'GET /api/v1/labels',
        'GET /api/v1/status/buildinfo',
      ]
        .flatMap((name) => find(name))
        .map(({ spanId }) => `00-${traceId}-${spanId}-01`),
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((one) => !asked.has(String(one)))).toEqual([]);
    expect(proxy.headers.filter(({ baggage }) => baggage !== undefined)).toEqual([]);
  });

  it('logs with the ids of trace, workflow, run and request', () => {
    const request = linesOf(server).find(
      ({ route, trace_id }) => route === '/api/v1/runs' && trace_id === traceId,
    );
    expect(request).toMatchObject({
      trace_id: traceId,
      span_id: find('POST /api/v1/runs')[0]?.spanId,
    });
    const read = linesOf(worker).find(
      ({ msg, trace_id }) => msg === 'window read' && trace_id === traceId,
    );
    expect(read).toMatchObject({
      trace_id: traceId,
      span_id: find('RunActivity:closeWindow')[0]?.spanId,
      workflowId: run.workflowId,
      run: run.id,
      activity: 'closeWindow',
      requestId: request?.requestId,
    });
  });

  it('traces no probe', () => {
    const names = receiver.spans.map(({ name }) => name);
    expect(names.filter((name) => /health|metrics/.test(name))).toEqual([]);
  });
});
