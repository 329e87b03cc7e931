import { csv } from './csv.ts';
import { cytoscape } from './cytoscape.ts';
import { dot } from './dot.ts';
import type { ExportFormat } from './format.ts';
import { graphml } from './graphml.ts';
import { mermaid } from './mermaid.ts';
import { ndjson } from './ndjson.ts';

/** Every form in which the graph is streamed. */
export const exportFormats = { ndjson, cytoscape, graphml, dot, mermaid, csv } satisfies Record<
  string,
  ExportFormat
>;
type ExportFormatName = keyof typeof exportFormats;

/** Those, and `json`: one answer like any other. */
export const formatNames = [
  'json',
  'ndjson',
  'cytoscape',
  'graphml',
  'dot',
  'mermaid',
  'csv',
] as const satisfies readonly (ExportFormatName | 'json')[];
export type FormatName = (typeof formatNames)[number];

const byMediaType: Readonly<Record<string, FormatName>> = {
  'application/x-ndjson': 'ndjson',
  'application/graphml+xml': 'graphml',
  'text/vnd.graphviz': 'dot',
  'text/vnd.mermaid': 'mermaid',
  'text/csv': 'csv',
};

/** The media types by which a format may be asked for, besides `application/json`. */
export const acceptedTypes: readonly string[] = Object.keys(byMediaType);

/** The format of a media type that is accepted. */
export function formatOfType(mediaType: string): FormatName {
  return byMediaType[mediaType] ?? 'json';
}
