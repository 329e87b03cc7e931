import type { Command } from 'commander';
import { Agent } from 'undici';
import type { RelabelRule } from '../domain/relabel.ts';
import { AppError } from '../runtime/errors.ts';
import {
  previewRelabelling,
  type RelabelledName,
  type RelabellingPreview,
} from '../sources/preview-relabelling.ts';
import { createPrometheusClient } from '../sources/prometheus-client.ts';
import { connectionOf } from '../sources/readers.ts';
import type { Source } from '../sources/source.ts';
import { print, withSession } from './session.ts';
import { table } from './table.ts';

interface RelabelOptions {
  readonly source?: string;
  readonly json?: boolean;
}

export function addRelabel(program: Command): void {
  program
    .command('relabel')
    .description('Show what the relabelling rules make of the names a source has now.')
    .requiredOption('--test', 'only show it; rules act when a window is read')
    .option('--source <id>', 'which source; all of them, if not said')
    .option('--json', 'print the names as JSON')
    .action(({ source: id, json }: RelabelOptions) =>
      withSession(async ({ sources }) => {
        const previews = [];
        for (const source of chosen(sources, id)) {
          const preview = await previewOf(source);
          previews.push({ source: source.id, ...preview });
          if (!json) for (const line of linesOf(source, preview)) print(line);
        }
        if (json) print(JSON.stringify(previews));
      }),
    );
}

function chosen(sources: readonly Source[], id: string | undefined): readonly Source[] {
  const found = id === undefined ? sources : sources.filter((source) => source.id === id);
  if (found.length > 0) return found;
  const ids = sources.map((source) => source.id).join(', ') || 'none';
  throw new AppError('UnknownSource', `There is no such source; configured are: ${ids}.`);
}

/** Asks about the latest interval, without retries: somebody is waiting. */
async function previewOf(source: Source): Promise<RelabellingPreview> {
  const dispatcher = new Agent();
  try {
    const connection = connectionOf(source, dispatcher);
    const client = createPrometheusClient({ ...connection, retryDelaysMillis: [] });
    const now = Date.now();
    const window = { startMillis: now - source.intervalMillis, endMillis: now };
    return await previewRelabelling(client, source, window);
  } finally {
    await dispatcher.close();
  }
}

/** What changes first; then what is dropped and what merges; names that stay are only counted. */
export function linesOf(source: Source, preview: RelabellingPreview): string[] {
  const { names, pairs, pairsDropped, merges } = preview;
  const rules = source.relabelling?.rules.length ?? 0;
  const heading = `${source.id}: ${counted(rules, 'rule')}, ${counted(pairs, 'pair')} now`;
  if (preview.dialect === null) return [`${heading}: it has no service graph metrics`];

  const changed = names.filter(({ before, after }) => after !== null && after !== before);
  const dropped = names.filter(({ after }) => after === null);
  const unchanged = names.length - changed.length - dropped.length;
  return [
    `${heading}, ${pairsDropped} of them dropped`,
    ...section('becomes', changed.map(changedRow)),
    ...section('dropped', dropped.map(droppedRow)),
    ...section(
      'merges',
      merges.map(({ after, before }) => [after, '←', before.join(', ')]),
    ),
    `  unchanged: ${counted(unchanged, 'name')}`,
  ];
}

function section(heading: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`  ${heading}`, ...table(rows).map((line) => `    ${line}`)];
}

function changedRow({ before, after, side, pairs }: RelabelledName): string[] {
  return [before, '→', after ?? '', side, counted(pairs, 'pair')];
}

function droppedRow({ before, side, pairs, droppedBy }: RelabelledName): string[] {
  const by = droppedBy === null ? '' : `by relabel[${droppedBy.index}]: ${shown(droppedBy.rule)}`;
  return [before, side, counted(pairs, 'pair'), by];
}

function shown({ action, sourceLabels = [], regex = '(.*)' }: RelabelRule): string {
  return `${action} ${sourceLabels.join(', ')} =~ ${regex}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
