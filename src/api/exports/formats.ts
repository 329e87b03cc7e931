import { csv } from './csv.ts';
import { cytoscape } from './cytoscape.ts';
import { dot } from './dot.ts';
import type { ExportFormat } from './format.ts';
import { graphml } from './graphml.ts';
import { mermaid } from './mermaid.ts';
import { ndjson } from './ndjson.ts';

/** Every form in which the graph is streamed; `json` is an answer like any other. */
export const exportFormats = { ndjson, cytoscape, graphml, dot, mermaid, csv } as const;
export type ExportFormatName = keyof typeof exportFormats;

export const formatNames = ['json', ...(Object.keys(exportFormats) as ExportFormatName[])] as const;

export function exportFormat(name: ExportFormatName): ExportFormat {
  return exportFormats[name];
}
