import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus } from '../../dev/stack/index.mjs';
import type { RecordedPrometheus } from './prometheus.ts';

/** A value of a counter of a service graph; `at` in epoch milliseconds. */
export interface PushedSample {
  readonly client: string;
  readonly server: string;
  readonly at: number;
  readonly value: number;
}

/** A real Prometheus that is told its samples while it runs, as a collector does, by OTLP. */
export interface PushedPrometheus extends RecordedPrometheus {
  /** The samples of a series must come in the order of time, however late they are. */
  push(samples: readonly PushedSample[]): Promise<void>;
}

export async function prometheusTakingPushes(): Promise<PushedPrometheus> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-pushed-'));
  const server = await startPrometheus({ dataDir, extraArgs: ['--web.enable-otlp-receiver'] });
  return {
    url: server.url,
    async push(samples) {
      for (const sample of samples) {
        const response = await fetch(`${server.url}/api/v1/otlp/v1/metrics`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(messageOf(sample)),
        });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      }
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function messageOf({ client, server, at, value }: PushedSample) {
  const dataPoint = {
    attributes: attributesOf({ client, server }),
    timeUnixNano: `${at}000000`,
    asDouble: value,
  };
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [dataPoint] };
  const metrics = [{ name: 'traces_service_graph_request_total', unit: '1', sum }];
  const from = { 'service.name': 'otelcol', 'service.instance.id': 'collector-1' };
  const scopeMetrics = [{ scope: { name: 'servicegraph' }, metrics }];
  return { resourceMetrics: [{ resource: { attributes: attributesOf(from) }, scopeMetrics }] };
}

function attributesOf(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
