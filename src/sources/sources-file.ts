import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { invalidConfiguration } from '../runtime/config.ts';
import type { SecretPlaces } from './secret-refs.ts';
import type { Source } from './source.ts';
import { sourceSchema } from './source-schema.ts';

/**
 * The sources of a YAML file, with their secrets looked up; `env` is `null` where none are needed.
 *
 * @throws AppError `InvalidConfiguration` that lists every problem at once, without any value.
 */
export function loadSourcesFile(file: string, env: SecretPlaces['env']): readonly Source[] {
  const wrong = (problems: readonly string[]) =>
    invalidConfiguration(`The sources in ${file} are wrong (TOPOLOG_SOURCES_FILE).`, problems);
  const { content, problems } = readYaml(file);
  if (problems.length > 0) throw wrong(problems);

  const places = { env, folder: dirname(file) };
  const schema = z.strictObject({ sources: z.array(sourceSchema(places)).min(1) });
  const parsed = schema.safeParse(content);
  const found = [
    ...(parsed.error?.issues ?? []).map(sentenceOf),
    ...repeatedIds(content),
    ...wrongReferences(content),
  ];
  if (!parsed.success || found.length > 0) throw wrong(found);
  return parsed.data.sources;
}

function readYaml(file: string): { content: unknown; problems: string[] } {
  try {
    const lineCounter = new LineCounter();
    const document = parseDocument(readFileSync(file, 'utf8'), {
      lineCounter,
      prettyErrors: false,
    });
    const problems = [...document.errors, ...document.warnings].map(({ code, pos }) => {
      const { line, col } = lineCounter.linePos(pos[0]);
      return `line ${line}, column ${col}: no good YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
    });
    return { content: problems.length > 0 ? null : document.toJS(), problems };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no good YAML';
    return { content: null, problems: [`cannot be read (${code})`] };
  }
}

function sentenceOf({ path, message }: z.core.$ZodIssue): string {
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return `${where.join('').replace(/^\./, '') || 'the file'}: ${message}`;
}

const onlyIds = z.object({
  sources: z.array(
    z
      .object({
        id: z.string().optional().catch(undefined),
        sameCallsAs: z.array(z.string()).catch([]),
      })
      .catch({ sameCallsAs: [] }),
  ),
});

/** Ids that are there before; looked for by itself, so that it is said beside whatever else is wrong. */
function repeatedIds(content: unknown): string[] {
  const { data } = onlyIds.safeParse(content);
  const ids = data?.sources.map(({ id }) => id) ?? [];
  return ids.flatMap((id, index) => {
    const first = ids.indexOf(id);
    const repeated = id !== undefined && first < index;
    return repeated ? [`sources[${index}].id: is the id of sources[${first}] too`] : [];
  });
}

/** Words in `sameCallsAs` that are the id of no other source. */
function wrongReferences(content: unknown): string[] {
  const sources = onlyIds.safeParse(content).data?.sources ?? [];
  const ids = new Set(sources.map(({ id }) => id));
  return sources.flatMap(({ id, sameCallsAs }, index) =>
    sameCallsAs.flatMap((other, at) => {
      const place = `sources[${index}].sameCallsAs[${at}]`;
      if (other === id) return [`${place}: is the source itself`];
      return ids.has(other) ? [] : [`${place}: is the id of no source in this file`];
    }),
  );
}
