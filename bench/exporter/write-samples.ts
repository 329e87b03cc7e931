import { closeSync, openSync, writeSync } from 'node:fs';
import type { GeneratedDependency } from './generate-system.ts';

/** Where the samples lie in time: one a minute, from the start of the first window. */
export interface SampleTimes {
  readonly startSeconds: number;
  readonly windowMinutes: number;
}

/** What was written, for those who read the figures. */
export interface Written {
  readonly series: number;
  readonly samples: number;
}

/** Written in pieces of about this many characters: the whole would be hundreds of megabytes. */
const pieceLength = 4_000_000;

/** Writes a system as a metrics generator would have exposed it: OpenMetrics with time stamps. */
export function writeSamples(
  file: string,
  dependencies: readonly GeneratedDependency[],
  times: SampleTimes,
): Written {
  const failing = dependencies.filter((dependency) => dependency.failing > 0);
  const output = openSync(file, 'w');
  let samples = 0;
  let piece = '';
  const family = (name: string, of: readonly GeneratedDependency[], failed: boolean) => {
    piece += `# TYPE ${name} counter\n`;
    for (const dependency of of) {
      const lines = seriesLines(`${name}_total${labelsOf(dependency)}`, dependency, failed, times);
      samples += lines.length;
      piece += lines.join('');
      if (piece.length < pieceLength) continue;
      writeSync(output, piece);
      piece = '';
    }
  };
  try {
    family('traces_service_graph_request', dependencies, false);
    family('traces_service_graph_request_failed', failing, true);
    writeSync(output, `${piece}# EOF\n`);
  } finally {
    closeSync(output);
  }
  return { series: dependencies.length + failing.length, samples };
}

function labelsOf({ client, server, connectionType }: GeneratedDependency): string {
  return `{client="${client}",server="${server}",connection_type="${connectionType}",job="tempo",instance="generator-0"}`;
}

/** The sample at the start of the first window is the value every increment is counted from. */
function seriesLines(
  series: string,
  { requestsBefore, rates, failing }: GeneratedDependency,
  failed: boolean,
  { startSeconds, windowMinutes }: SampleTimes,
): string[] {
  const counterAt = (requests: number) => (failed ? Math.floor(requests * failing) : requests);
  const lines = [`${series} ${counterAt(requestsBefore)} ${startSeconds}\n`];
  let requests = requestsBefore;
  for (const [window, rate] of rates.entries()) {
    for (let minute = 1; minute <= windowMinutes; minute += 1) {
      requests += rate;
      const at = startSeconds + (window * windowMinutes + minute) * 60;
      lines.push(`${series} ${counterAt(requests)} ${at}\n`);
    }
  }
  return lines;
}
