import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadStatements, parseStatement } from '../../src/graph/statements.ts';

const src = fileURLToPath(new URL('../../src', import.meta.url));

const file = `// Services of a name.
// It answers with all of them.
// @param {String} name
// @param {List<Map>} rows id, name, seenAt: DateTime
// @returns id, name
// @access READ
MATCH (s:Service {name: $name})
RETURN s.id AS id, s.name AS name
`;

/** A folder of statements as a fresh checkout has it: a folder exists only for its files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'topolog-cypher-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('a statement file', () => {
  it('is its Cypher and what its header says', () => {
    expect(parseStatement('query/services-named', file)).toEqual({
      name: 'query/services-named',
      text: 'MATCH (s:Service {name: $name})\nRETURN s.id AS id, s.name AS name',
      params: new Map([
        ['name', { type: 'String', fields: new Map() }],
        ['rows', { type: 'List<Map>', fields: new Map([['seenAt', 'DateTime']]) }],
      ]),
      returns: ['id', 'name'],
      access: 'READ',
      moves: [],
    });
  });

  it('may take no parameters and return nothing', () => {
    const { params, returns } = parseStatement('schema/x', '// X.\n// @access SCHEMA\nCREATE X');
    expect([params.size, returns]).toEqual([0, []]);
  });

  it.each(['READ', 'WRITE', 'SCHEMA'])('says what access it needs: %s', (access) => {
    expect(parseStatement('query/x', `// @access ${access}\nRETURN 1`).access).toBe(access);
  });

  it('says of what it may change something that is shown', () => {
    const movesOf = (line: string) =>
      parseStatement('ingest/x', `// X.\n// @access WRITE\n${line}RETURN 1`).moves;
    expect(movesOf('// @moves belief\n')).toEqual(['belief']);
    expect(movesOf('// @moves evidence\n')).toEqual(['evidence']);
    expect(movesOf('// @moves nothing\n')).toEqual([]);
  });

  it.each([
    ['no access', 'RETURN 1'],
    ['an unknown access', '// @access ADMIN\nRETURN 1'],
    ['access in small letters', '// @access read\nRETURN 1'],
    ['access in the Cypher only', "RETURN '// @access READ'"],
  ])('is refused by its name with %s', (_, text) => {
    expect(() => parseStatement('query/x', text)).toThrow('cypher/query/x.cypher');
  });

  it('with a parameter that cannot be read is refused', () => {
    const text = '// @param name\n// @access READ\nRETURN $name';
    expect(() => parseStatement('query/x', text)).toThrow('cypher/query/x.cypher');
  });
});

describe('a folder of statements', () => {
  it('is read whole, by folder and name in order, so that the schema has the order of its numbers', () => {
    const root = folderWith({
      'schema/002-b.cypher': '// @access SCHEMA\nCREATE B',
      'schema/001-a.cypher': '// @access SCHEMA\nCREATE A',
      'ingest/write.cypher': '// @access WRITE\nCREATE (n)',
      'query/read.cypher': '// @access READ\nRETURN 1',
      'query/notes.md': 'no statement',
      'maintenance/mend.cypher': '// @access WRITE\nCREATE (n)',
    });
    expect([...loadStatements(root).keys()]).toEqual([
      'ingest/write',
      'maintenance/mend',
      'query/read',
      'schema/001-a',
      'schema/002-b',
    ]);
  });

  it('may lack a folder that has no statement yet, as a fresh checkout does', () => {
    const root = folderWith({ 'query/read.cypher': '// @access READ\nRETURN 1' });
    expect([...loadStatements(root).keys()]).toEqual(['query/read']);
  });
});

/** The files of `src`, without comments, in which a statement's name would be no use of it. */
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) =>
    readFileSync(join(src, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''),
  );

describe('our statements', () => {
  const ours = [...loadStatements().values()];

  it.each(ours.filter(({ name }) => !name.startsWith('schema/')))(
    '$name is used by the code',
    ({ name }) => {
      const [folder = '', word = ''] = name.split('/');
      const used = code.filter(
        (text) =>
          text.includes(`'${name}'`) ||
          (text.includes(`\`${folder}/\${`) && text.includes(`'${word}'`)),
      );
      expect(used).not.toEqual([]);
    },
  );

  it('exist for every name the graph code says', () => {
    const said = code
      .flatMap((text) => [...text.matchAll(/\.(?:run|rows)\(\s*'([a-z]+\/[a-z-]+)'/g)])
      .map(([, name]) => name ?? '');
    expect(said.length).toBeGreaterThan(0);
    const names = new Set(ours.map(({ name }) => name));
    expect(said.filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(ours)('$name declares all its parameters, and no other', ({ text, params }) => {
    const used = [...text.matchAll(/\$(\w+)/g)].map(([, name]) => name ?? '');
    expect([...params.keys()].sort()).toEqual([...new Set(used)].sort());
  });

  it.each(ours.filter(({ name, access }) => access === 'WRITE' && !name.startsWith('schema/')))(
    '$name, which writes, says whether answers about belief or evidence change by it',
    ({ name }) => {
      const path = fileURLToPath(new URL(`../../cypher/${name}.cypher`, import.meta.url));
      expect(readFileSync(path, 'utf8')).toMatch(/^\/\/ @moves (belief|evidence|nothing)$/m);
    },
  );

  it.each(ours.filter(({ access }) => access === 'READ'))(
    '$name, which only reads, writes nothing and says what it returns',
    ({ text, returns }) => {
      expect(text).not.toMatch(/\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP)\b/);
      expect(returns.length).toBeGreaterThan(0);
    },
  );

  // Whoever asks may be shown a part of the graph only, so these must know which.
  const operatorsOnly = ['query/aliases', 'query/service-holdings', 'query/source-holdings'];
  const afterTheDependency = ['history', 'observed', 'declared'].map(
    (of) => `query/dependency-${of}`,
  );
  const notOfServices = ['query/feed-bounds', 'query/count-changes-after'];
  // Numbers for metrics, which name nothing.
  const counts = ['query/count-changes', 'query/count-services', 'query/count-clients'];
  const exceptions = new Set([
    ...operatorsOnly,
    ...afterTheDependency,
    ...notOfServices,
    ...counts,
  ]);

  it.each(
    ours.filter(({ name, text }) => name.startsWith('query/') && /:(Service|Change)\b/.test(text)),
  )('$name takes a view', ({ name, params }) => {
    const taken = ['environments', 'teams'].filter((param) => params.has(param));
    expect(taken).toEqual(exceptions.has(name) ? [] : ['environments', 'teams']);
  });
});
