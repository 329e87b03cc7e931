import type { DependencyRow } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import type { Standing } from '../../graph/standing.ts';

/** A dependency as it is exported; of one around a focus, how many hops away it is. */
export type ExportedDependency = DependencyRow & { readonly distance?: number };

/** What is known of an export before its first dependency. */
export interface ExportHead {
  /** At which instant, ISO 8601; `null` for the present. */
  readonly at: string | null;
  /** Whether only what is believed is shown: no traffic, no freshness and no coverage. */
  readonly topologyOnly: boolean;
}

/** Some of the graph. A service is told of before the first dependency that has it at an end. */
export interface ExportPart {
  /** Those that no part before had. */
  readonly services: readonly ServiceRow[];
  readonly dependencies: readonly ExportedDependency[];
  /** The services at the ends of these dependencies, by id. */
  readonly ends: ReadonlyMap<string, ServiceRow>;
}

/** What is known of an export after its last dependency. */
export interface ExportTail {
  readonly services: number;
  readonly dependencies: number;
  /** Whether dependencies are left out because there are too many. */
  readonly truncated: boolean;
  /** `null` where only the topology is shown. */
  readonly standing: Standing | null;
}

/** Writes one graph, piece by piece, so that none of it is kept. */
export interface GraphWriter {
  begin(): string;
  part(part: ExportPart): string;
  end(tail: ExportTail): string;
  /** Whether the format takes no more; the rest is left out, and the export truncated. */
  isFull?(): boolean;
}

/** A form in which the graph is handed to other programs. */
export interface ExportFormat {
  readonly mediaType: string;
  readonly extension: string;
  createWriter(head: ExportHead): GraphWriter;
}
