import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Access = 'READ' | 'WRITE' | 'SCHEMA';

/** One `.cypher` file: its text and what its header says of it. */
export interface Statement {
  /** `folder/name`, such as `query/services`. */
  readonly name: string;
  readonly text: string;
  /** Type by name, as the header declares it, such as `Integer` or `List<Map>`. */
  readonly params: ReadonlyMap<string, string>;
  readonly returns: readonly string[];
  readonly access: Access;
}

export type Statements = ReadonlyMap<string, Statement>;

const cypherRoot = fileURLToPath(new URL('../../cypher', import.meta.url));

/** Reads all of `cypher/` once; the text is sent as it is, so that plans are cached by it. */
export function loadStatements(root: string = cypherRoot): Statements {
  const statements = new Map<string, Statement>();
  for (const folder of ['schema', 'ingest', 'query', 'maintenance']) {
    for (const file of listCypher(join(root, folder))) {
      const name = `${folder}/${basename(file, '.cypher')}`;
      statements.set(name, parseStatement(name, readFileSync(file, 'utf8')));
    }
  }
  return statements;
}

function listCypher(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cypher'))
    .sort()
    .map((file) => join(folder, file));
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
    params: new Map(
      tagged('param').map((line) => {
        const [, type = '', param = ''] = /^\{([^}]+)\} (\w+)/.exec(line) ?? [];
        return [param, type];
      }),
    ),
    returns: tagged('returns').flatMap((line) => line.split(',').map((column) => column.trim())),
    access,
  };
}
