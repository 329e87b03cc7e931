import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isMap, isNode, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { z } from 'zod';
import { configValues, sourceValues } from './program-schema.ts';
import { valuesSchema } from './values-schema.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const chart = join(root, 'helm', 'topolog');

/** A value of the chart that holds no others. */
export interface Value {
  readonly path: string;
  readonly fallback: unknown;
  readonly description: string;
}

/** The values in their order, each with the comment before it. */
export function valuesOf(text: string): Value[] {
  const document = parseDocument(text);
  return isMap(document.contents) ? leavesOf(document, document.contents, []) : [];
}

function leavesOf(document: Document, map: YAMLMap, above: readonly string[]): Value[] {
  return map.items.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const path = [...above, String(key.value)];
    if (isMap(value) && value.items.length > 0 && !isFreeMap(path)) {
      return leavesOf(document, value, path);
    }
    // The comment before the first key of a map is the map's.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : undefined) ?? '';
    const fallback: unknown = isNode(value) ? value.toJS(document) : value;
    // What stands before it as a paragraph of its own is not about it.
    const description = comment.split('\n\n').at(-1)?.trim() ?? '';
    return [{ path: path.join('.'), fallback, description }];
  });
}

/** Maps whose keys are the user's. */
function isFreeMap(path: readonly string[]): boolean {
  return ['labels', 'annotations'].includes(path.at(-1) ?? '');
}

/** The schema of the values, with the comments of `values.yaml` as descriptions. */
export function schemaText(): string {
  const schema = z.toJSONSchema(valuesSchema(configValues(), sourceValues()), {
    target: 'draft-7',
    io: 'input',
  });
  for (const { path, description } of valuesOf(readFileSync(join(chart, 'values.yaml'), 'utf8'))) {
    const place = path
      .split('.')
      .reduce<z.core.JSONSchema._JSONSchema | undefined>(
        (at, name) => (typeof at === 'object' ? at.properties?.[name] : undefined),
        schema,
      );
    if (typeof place !== 'object') throw new Error(`${path} is a value but not in the schema.`);
    place.description = description;
  }
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The README's table of all values. */
export function valuesTable(): string {
  const values = valuesOf(readFileSync(join(chart, 'values.yaml'), 'utf8'));
  return [
    '| value | default | meaning |',
    '| --- | --- | --- |',
    ...values.map(
      ({ path, fallback, description }) =>
        `| \`${path}\` | ${fallback === '' ? '' : `\`${JSON.stringify(fallback)}\``} | ${description} |`,
    ),
  ].join('\n');
}

const [begin, end] = ['<!-- values -->', '<!-- /values -->'];

/** The README with its table as the values are now. */
export function readmeText(readme: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`The README lacks ${begin} and ${end}.`);
  return `${readme.slice(0, from + begin.length)}\n${valuesTable()}\n${readme.slice(to)}`;
}

/** What the chart ships of `ops/`, because Helm reads no file beside the chart. */
export const shipped = [
  { from: 'ops/dashboards', to: 'files/dashboards', ending: '.json' },
  { from: 'ops/alerts', to: 'files/alerts', ending: '.yaml' },
  { from: 'ops/slo', to: 'files/slo', ending: '.yaml' },
];

/** The files of a folder by name; none where there is no folder. */
export function filesOf(folder: string, ending: string): Map<string, string> {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(ending));
    return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}
