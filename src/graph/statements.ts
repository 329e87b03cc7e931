import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Access = 'READ' | 'WRITE' | 'SCHEMA';

/** What an answer depends on; each has a token that moves with every write to it. */
export type Side = 'belief' | 'evidence';

/** One `.cypher` file: its text and what its header says of it. */
export interface Statement {
  /** `folder/name`, such as `query/services`. */
  readonly name: string;
  readonly text: string;
  readonly params: ReadonlyMap<string, ParamType>;
  readonly returns: readonly string[];
  readonly access: Access;
  /** Of what the statement may change something that an answer shows. */
  readonly moves: readonly Side[];
}

/** What a header says of a parameter: its type, such as `Integer`, and the types of a row's fields. */
export interface ParamType {
  readonly type: string;
  readonly fields: ReadonlyMap<string, string>;
}

export type Statements = ReadonlyMap<string, Statement>;

const cypherRoot = fileURLToPath(new URL('../../cypher', import.meta.url));

/** Reads all of `cypher/` once; the text is sent as it is, so that plans are cached by it. */
export function loadStatements(root: string = cypherRoot): Statements {
  const statements = new Map<string, Statement>();
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.cypher')) continue;
    const name = file.slice(0, -'.cypher'.length).replaceAll(sep, '/');
    statements.set(name, parseStatement(name, readFileSync(join(root, file), 'utf8')));
  }
  return statements;
}

/** Parses a statement file: `// @param {Type} name …`, `// @returns a, b`, `// @access READ`, then Cypher. */
export function parseStatement(name: string, source: string): Statement {
  const header = source.split('\n').filter((line) => line.startsWith('//'));
  const tagged = (tag: string) =>
    header.flatMap((line) => (line.startsWith(`// @${tag} `) ? [line.slice(tag.length + 5)] : []));
  const access = tagged('access')[0];
  if (access !== 'READ' && access !== 'WRITE' && access !== 'SCHEMA') {
    throw new Error(`cypher/${name}.cypher needs a line "// @access READ|WRITE|SCHEMA".`);
  }
  return {
    name,
    text: source
      .split('\n')
      .filter((line) => !line.startsWith('//'))
      .join('\n')
      .trim(),
    params: new Map(tagged('param').map((line) => parseParam(name, line))),
    returns: tagged('returns').flatMap((line) => line.split(',').map((column) => column.trim())),
    access,
    moves: tagged('moves').flatMap((line) => sides.filter((side) => line === side)),
  };
}

const sides: readonly Side[] = ['belief', 'evidence'];

/** Parses `{Type} name …`; of rows, `{List<Map>} rows id, firstSeenAt: DateTime`. */
function parseParam(statement: string, line: string): [name: string, ParamType] {
  const [, type, param, rest = ''] = /^\{([^}]+)\} (\w+)(.*)$/s.exec(line) ?? [];
  if (type === undefined || param === undefined) {
    throw new Error(`cypher/${statement}.cypher: "@param ${line}" is not "@param {Type} name".`);
  }
  const fields = [...rest.matchAll(/\b(\w{1,64}): (\w{1,64})/g)].map(
    ([, field = '', of = '']) => [field, of] as const,
  );
  return [param, { type, fields: new Map(fields) }];
}
