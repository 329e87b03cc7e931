import {
  type Attributes,
  type AttributeType,
  attributesOfDependency,
  attributesOfService,
  dependencyAttributes,
  serviceAttributes,
} from './attributes.ts';
import type { ExportFormat } from './format.ts';
import { printable } from './text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A parser would otherwise make spaces and line feeds of them.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text for XML 1.0, in an element or an attribute; what XML cannot hold becomes U+FFFD. */
function xml(text: string): string {
  return printable(text).replaceAll(/[&<>"\t\n\r]/g, (character) => entities[character] ?? '');
}

/** The keys are named apart, because a node and an edge may have one of the same name. */
function keysOf(of: 'graph' | 'node' | 'edge', types: Readonly<Record<string, AttributeType>>) {
  return Object.entries(types).map(
    ([name, type]) =>
      `<key id="${of}.${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>\n`,
  );
}

function dataOf(of: 'graph' | 'node' | 'edge', attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => `<data key="${of}.${name}">${xml(String(value))}</data>`)
    .join('');
}

/** GraphML, which Gephi, yEd and most graph libraries read. */
export const graphml: ExportFormat = {
  mediaType: 'application/graphml+xml',
  extension: 'graphml',
  createWriter: ({ at, topologyOnly }) => ({
    begin: () =>
      [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n',
        ...keysOf('graph', {
          at: 'string',
          truncated: 'boolean',
          freshness: 'string',
          coverage: 'string',
        }),
        ...keysOf('node', serviceAttributes),
        ...keysOf('edge', dependencyAttributes),
        '<graph id="topolog" edgedefault="directed">\n',
        ...(at === null ? [] : [`${dataOf('graph', { at })}\n`]),
      ].join(''),
    part: ({ services, dependencies }) =>
      [
        ...services.map((row) => {
          const data = dataOf('node', attributesOfService(row, topologyOnly));
          return `<node id="${xml(row.id)}">${data}</node>\n`;
        }),
        ...dependencies.map((row) => {
          const { id, client, server } = row;
          const data = dataOf('edge', attributesOfDependency(row, topologyOnly));
          return `<edge id="${xml(id)}" source="${xml(client)}" target="${xml(server)}">${data}</edge>\n`;
        }),
      ].join(''),
    end: ({ truncated, standing }) => {
      const said =
        standing === null
          ? {}
          : { freshness: JSON.stringify(standing.freshness), coverage: standing.coverage };
      return `${dataOf('graph', { truncated, ...said })}\n</graph>\n</graphml>\n`;
    },
  }),
};
