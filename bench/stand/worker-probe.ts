import { readFileSync, writeFileSync } from 'node:fs';

/** Looks at the worker from outside: its peak memory and the time its statements took. */
export interface WorkerProbe {
  /** Begins a measurement. */
  reset(): Promise<void>;
  /** What happened since `reset`. */
  read(): Promise<{
    peakMebibytes: number;
    /** How much higher than at `reset` the peak was. */
    growthMebibytes: number;
    statementSeconds: Record<string, number>;
  }>;
}

export function createWorkerProbe(pid: number, url: string): WorkerProbe {
  let before: Record<string, number> = {};
  let residentBefore = 0;
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  return {
    async reset() {
      resetPeak(pid);
      const text = await metrics();
      before = statementSums(text);
      residentBefore = residentBytes(text);
    },
    async read() {
      const text = await metrics();
      const spent = Object.entries(statementSums(text)).map(
        ([name, seconds]) => [name, seconds - (before[name] ?? 0)] as const,
      );
      const peak = peakBytes(pid) ?? residentBytes(text);
      return {
        peakMebibytes: peak / 2 ** 20,
        growthMebibytes: Math.max(0, peak - residentBefore) / 2 ** 20,
        statementSeconds: Object.fromEntries(spent.filter(([, seconds]) => seconds > 0)),
      };
    },
  };
}

/** Where the system does not let us, the peak is that of the worker's whole life. */
function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // No Linux, or not allowed.
  }
}

function peakBytes(pid: number): number | null {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

/** The memory at this moment, where nobody tells the peak. */
function residentBytes(metrics: string): number {
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1] ?? Number.NaN);
}

function statementSums(metrics: string): Record<string, number> {
  const pattern = /^topolog_neo4j_statement_duration_seconds_sum\{statement="([^"]+)"\} (\S+)/gm;
  const sums: Record<string, number> = {};
  for (const [, name, seconds] of metrics.matchAll(pattern)) sums[`${name}`] = Number(seconds);
  return sums;
}
