import type { RunRow } from '../../graph/runs.ts';
import type { WindowRow } from '../../graph/window-queries.ts';
import type { Config } from '../../runtime/config.ts';
import type { PrometheusClient } from '../../sources/prometheus-client.ts';
import type { Source } from '../../sources/source.ts';
import type { Found } from './finding.ts';
import type { LiveSource } from './live-source.ts';

/** All that checks of a source may rest on. */
export interface ExaminedSource {
  readonly config: Config;
  readonly source: Source;
  /** Asks the source once, without retries, within a bound. */
  readonly client: PrometheusClient;
  /** Whether it has refused POST, so that questions are asked by GET. */
  readonly isAskedByGet: () => boolean;
  /** What it has of a service graph now; asked once. */
  readonly live: () => Promise<LiveSource>;
  /** What the graph has of it; `null` where it cannot be read, or there is none of it. */
  readonly records: () => Promise<SourceRecord | null>;
  readonly nowMillis: number;
}

/** What the graph has of a source. */
export interface SourceRecord {
  readonly frontierMillis: number | null;
  readonly lastCompleteWindowEndMillis: number | null;
  /** How long its windows settle, as it was learnt; `null` where that is as configured. */
  readonly settleMillis: number | null;
  /** The last windows that were read, the newest first. */
  readonly windows: readonly WindowRow[];
  /** Its run that is failing. */
  readonly failing: RunRow | null;
}

/** One thing to look at of a source; what it finds wrong names the setting that helps. */
export interface SourceCheck {
  /** Stable, for programs. */
  readonly name: string;
  check(examined: ExaminedSource): Promise<readonly Found[]>;
}
