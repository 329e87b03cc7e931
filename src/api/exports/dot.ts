import type { ServiceKind } from '../../domain/service.ts';
import { attributesOfDependency, labelOf } from './attributes.ts';
import type { ExportFormat } from './format.ts';
import { printable } from './text.ts';

/** A quoted string of DOT that is drawn as the text is: Graphviz reads escapes and HTML entities in labels. */
function quoted(text: string): string {
  const escaped = printable(text)
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('&', '&amp;')
    .replaceAll(/\r\n|\r|\n/g, '\\n');
  return `"${escaped}"`;
}

const shapes: Readonly<Partial<Record<ServiceKind, string>>> = {
  database: 'cylinder',
  messaging: 'cds',
  external: 'component',
  user: 'oval',
  unknown: 'plaintext',
};

function list(attributes: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}=${quoted(`${value}`)}`);
  return `[${pairs.join(', ')}]`;
}

/** DOT, the language of Graphviz; what is not seen now is dashed. */
export const dot: ExportFormat = {
  mediaType: 'text/vnd.graphviz',
  extension: 'dot',
  createWriter: ({ at, topologyOnly }) => ({
    begin: () =>
      [
        'digraph topolog {\n',
        ...(at === null ? [] : [`  // The graph as it was at ${at}.\n`]),
        '  rankdir="LR";\n',
        '  node [shape="box"];\n',
      ].join(''),
    part: ({ services, dependencies }) =>
      [
        ...services.map((row) => {
          const shape = shapes[row.kind];
          const drawn = { label: labelOf(row), ...(shape === undefined ? {} : { shape }) };
          return `  ${quoted(row.id)} ${list({ ...drawn, kind: row.kind })};\n`;
        }),
        ...dependencies.map((row) => {
          const style = row.state === 'active' ? {} : { style: 'dashed' };
          const label = row.modes.includes('async') ? { label: row.modes.join(', ') } : {};
          const said = attributesOfDependency(row, topologyOnly);
          const attributes = list({ id: row.id, ...label, ...style, ...said });
          return `  ${quoted(row.client)} -> ${quoted(row.server)} ${attributes};\n`;
        }),
      ].join(''),
    end: ({ services, dependencies, truncated }) =>
      `  // ${services} services, ${dependencies} dependencies${truncated ? ', truncated' : ''}.\n}\n`,
  }),
};
