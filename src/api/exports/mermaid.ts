import type { ServiceKind } from '../../domain/service.ts';
import { labelOf } from './attributes.ts';
import type { ExportFormat } from './format.ts';
import { printable } from './text.ts';

/** More than this Mermaid refuses to draw, unless the page that embeds it says otherwise. */
const maxEdges = 500;
const maxCharacters = 50_000;
/** What the last lines need. */
const reserve = 200;

/** A label in quotes; whatever might mean something to Mermaid or HTML is written as its number. */
function label(text: string): string {
  const escaped = printable(text).replaceAll(
    /[^\p{L}\p{M}\p{N} ._/:-]|-(?=-)|(?<=-)-|\/(?=\/)/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
  return `"${escaped}"`;
}

/** What stands around the label of a service of each kind. */
const shapes: Readonly<Record<ServiceKind, readonly [begin: string, end: string]>> = {
  service: ['[', ']'],
  database: ['[(', ')]'],
  messaging: ['>', ']'],
  external: ['{{', '}}'],
  user: ['([', '])'],
  unknown: ['(', ')'],
};

/** A flowchart of Mermaid, for Markdown; what is not seen now is dashed. It shows no traffic. */
export const mermaid: ExportFormat = {
  mediaType: 'text/vnd.mermaid',
  extension: 'mmd',
  createWriter({ at }) {
    const ids = new Map<string, string>();
    let edges = 0;
    let characters = 0;
    let full = false;
    const counted = (text: string) => {
      characters += text.length;
      return text;
    };
    return {
      isFull: () => full,
      begin: () => counted(`flowchart LR\n${at === null ? '' : `  %% as of ${at}\n`}`),
      part({ dependencies, ends }) {
        const lines: string[] = [];
        for (const { client, server, modes, state } of dependencies) {
          const added = new Map<string, string>();
          // A service that calls itself is one node.
          for (const id of new Set([client, server])) {
            if (!ids.has(id)) added.set(id, `s${ids.size + added.size}`);
          }
          const idOf = (id: string) => ids.get(id) ?? added.get(id) ?? '';
          const nodes = [...added].map(([id, short]) => {
            const service = ends.get(id);
            const [begin, end] = shapes[service?.kind ?? 'service'];
            const name = label(service === undefined ? id : labelOf(service));
            return `  ${short}${begin}${name}${end}\n`;
          });
          const arrow = state === 'active' ? '-->' : '-.->';
          const said = modes.includes('async') ? `|"${modes.join(', ')}"|` : '';
          const text = [...nodes, `  ${idOf(client)} ${arrow}${said} ${idOf(server)}\n`].join('');
          if (edges === maxEdges || characters + text.length > maxCharacters - reserve) {
            full = true;
            break;
          }
          for (const [id, short] of added) ids.set(id, short);
          edges += 1;
          lines.push(counted(text));
        }
        return lines.join('');
      },
      end: ({ truncated }) =>
        truncated
          ? `  more["cut after ${edges} dependencies: narrow it by focus or filters"]\n`
          : '',
    };
  },
};
