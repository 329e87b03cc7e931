import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { openTestGraph, type TestGraph } from '../support/graph.ts';
import { createProcesses } from '../support/processes.ts';
import { prometheusWith, type RecordedPrometheus } from '../support/prometheus.ts';
import { counting, epoch, pair, requests, series } from '../support/recording.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const range = ['--from', iso(0), '--to', iso(1800)];

function iso(seconds: number): string {
  return new Date((epoch + seconds) * 1000).toISOString();
}

describe('topolog ingest --wait', () => {
  let graph: TestGraph;
  let prometheus: RecordedPrometheus;
  let env: Record<string, string>;
  let processes: ReturnType<typeof createProcesses>;

  beforeAll(async () => {
    prometheus = await prometheusWith(series(requests, pair('web', 'api'), 0, counting(0, 3, 31)));
    graph = await openTestGraph();
    env = {
      PROMETHEUS_URL: prometheus.url,
      OTEL_GRAPH_SOURCE_ID: 'followed',
      TEMPORAL_TASK_QUEUE: `followed-${process.pid}`,
    };
    processes = createProcesses(env);
  });
  afterAll(async () => {
    await processes.stopAll();
    await prometheus.stop();
    await graph.close();
  });

  function ingest(...args: string[]): ChildProcess {
    const servers = { TEMPORAL_ADDRESS: inject('temporalAddress'), NEO4J_URI: inject('neo4jUri') };
    const child = spawn(process.execPath, [cli, 'ingest', ...args, '--wait'], {
      env: { ...process.env, ...servers, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Before the test itself is ended, so that what was said until then is shown.
      timeout: 40_000,
      killSignal: 'SIGKILL',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  it('leaves the run to Temporal at Ctrl-C, and is joined to it by what it said', async () => {
    // There is no worker yet, so the run waits.
    const left = ingest(...range);
    let said = '';
    left.stderr?.on('data', (chunk) => {
      said += chunk;
      if (String(chunk).includes('started ')) left.kill('SIGINT');
    });
    expect([...(await once(left, 'close')), said]).toEqual([130, null, expect.any(String)]);
    const [, run] = /started ingest\/followed, run (\S+)\n/.exec(said) ?? [];
    const address = inject('temporalAddress');
    expect(said.split('\n').at(-2)).toBe(
      `Run ${run} goes on in Temporal: follow it with "topolog ingest --source followed --wait" or GET /api/v1/runs/${run}, cancel it with "temporal workflow cancel --workflow-id ingest/followed --address ${address}".`,
    );

    // Joined before there is a worker: with one the run might be over by then.
    const again = ingest('--source', 'followed');
    let stderr = '';
    const isJoined = new Promise<void>((resolve) => {
      again.stderr?.on('data', (chunk) => {
        stderr += chunk;
        if (stderr.includes('joined ')) resolve();
      });
    });
    const ended = Promise.all([again.stdout ? text(again.stdout) : '', once(again, 'close')]);
    await Promise.race([isJoined, ended]);
    await processes.startWorker();
    const [stdout, [code]] = await ended;
    const completed = expect.stringContaining(`${run} completed; windows: `);
    expect([code, stdout, stderr]).toEqual([0, completed, expect.any(String)]);
    expect(stderr).toContain(`joined ingest/followed, run ${run}\n`);
    expect(stderr).toContain('\n2 of 2 windows: 2 complete, ');
  });
});
