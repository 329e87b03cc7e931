import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backfill, startPrometheus } from '../../dev/stack/index.mjs';

/** A sample of a series: labels, Unix time in seconds and value. */
export interface RecordedSample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: number;
  readonly value: number;
}

/** A real Prometheus that knows only what was recorded. */
export interface RecordedPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a Prometheus on an OpenMetrics file that is put into its storage first. */
export async function prometheusWithFile(
  file: string,
  extraArgs: readonly string[] = [],
): Promise<RecordedPrometheus> {
  const dataDir = mkdtempSync(join(tmpdir(), 'topolog-prometheus-'));
  await backfill({ file, dataDir });
  const server = await startPrometheus({ dataDir, retention: '20y', extraArgs });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Starts a Prometheus on samples of the test's own making. */
export async function prometheusWith(
  samples: readonly RecordedSample[],
  extraArgs: readonly string[] = [],
): Promise<RecordedPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-samples-'));
  try {
    const file = join(folder, 'samples.openmetrics.txt');
    writeFileSync(file, openMetrics(samples));
    return await prometheusWithFile(file, extraArgs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Samples as OpenMetrics text: families together, series in order of time. */
export function openMetrics(samples: readonly RecordedSample[]): string {
  const families = groupBy(samples, ({ metric }) => metric);
  const lines: string[] = [];
  for (const [metric, ofMetric] of families) {
    const isPlain = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric);
    lines.push(`# TYPE ${isPlain ? metric : quoted(metric)} unknown`);
    const series = groupBy(ofMetric, ({ labels }) => labelText(labels));
    for (const [labels, ofSeries] of series) {
      for (const { at, value } of ofSeries.toSorted((a, b) => a.at - b.at)) {
        // A name that is not plain stands between quotes, first of all within the braces.
        const selected = isPlain
          ? `${metric}${labels}`
          : `{${[quoted(metric), labels.slice(1, -1)].filter(Boolean).join(',')}}`;
        lines.push(`${selected} ${value} ${at}`);
      }
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const isPlain = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
      return `${isPlain ? name : quoted(name)}=${quoted(value)}`;
    });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
