import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus } from '../../dev/stack/index.mjs';
import type { RecordedPrometheus } from './prometheus.ts';
import { epoch } from './recording.ts';

type Attributes = Readonly<Record<string, string>>;

/** A counter since the epoch, or a histogram whose every value is the same: an exponential one, or one of bounds. */
export interface Pushed {
  readonly name: string;
  readonly unit?: string;
  readonly attributes: Attributes;
  readonly count: number;
  /** What each of the counted took; of a histogram. */
  readonly each?: number;
  readonly bounds?: readonly number[];
}

const scale = 3;

/** A Prometheus to which these points are pushed by OTLP, at each of these seconds after the epoch. */
export async function pushedPrometheus(
  seconds: readonly number[],
  pointsAt: (second: number) => readonly Pushed[],
): Promise<RecordedPrometheus> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-pushed-'));
  const extraArgs = ['--web.enable-otlp-receiver'];
  const server = await startPrometheus({ dataDir, retention: '20y', extraArgs });
  for (const second of seconds) {
    const metrics = pointsAt(second).map((point) => metricOf(point, epoch + second));
    const answer = await fetch(`${server.url}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: {
              attributes: listOf({ 'service.name': 'collector', 'service.instance.id': 'c1' }),
            },
            scopeMetrics: [{ scope: { name: 'service graph' }, metrics }],
          },
        ],
      }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  }
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function metricOf({ name, unit = '1', attributes, count, each, bounds }: Pushed, at: number) {
  const point = {
    attributes: listOf(attributes),
    startTimeUnixNano: `${epoch}000000000`,
    timeUnixNano: `${at}000000000`,
  };
  const aggregationTemporality = 2;
  if (each === undefined) {
    const dataPoints = [{ ...point, asDouble: count }];
    return { name, unit, sum: { aggregationTemporality, isMonotonic: true, dataPoints } };
  }
  if (bounds !== undefined) {
    const of = bounds.findIndex((bound) => each <= bound);
    const place = of < 0 ? bounds.length : of;
    const bucketCounts = [...bounds, Infinity].map((_, index) => (index === place ? count : 0));
    const dataPoints = [
      { ...point, count, sum: count * each, explicitBounds: bounds, bucketCounts },
    ];
    return { name, unit, histogram: { aggregationTemporality, dataPoints } };
  }
  const offset = Math.ceil(Math.log2(each) * 2 ** scale) - 1;
  const positive = { offset, bucketCounts: [count] };
  const dataPoints = [{ ...point, count, sum: count * each, scale, zeroCount: 0, positive }];
  return { name, unit, exponentialHistogram: { aggregationTemporality, dataPoints } };
}

const listOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
