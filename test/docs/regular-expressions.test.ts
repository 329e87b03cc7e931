import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from 'recheck';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

interface Found {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions that a file writes down, and whether it builds others at run time. */
function expressionsOf(file: string): { literals: Found[]; built: string[] } {
  const text = readFileSync(join(src, file), 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const literals: Found[] = [];
  const built: string[] = [];
  const visit = (node: ts.Node): void => {
    const where = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      literals.push({ where, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
    if (isCall && node.expression.getText() === 'RegExp') built.push(where);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { literals, built };
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const all = files.map(expressionsOf);
const literals = all.flatMap((found) => found.literals);

describe('the regular expressions of the source', () => {
  it('are found', () => {
    expect(literals.length).toBeGreaterThan(20);
  });

  it('are none of them built from what somebody said', () => {
    expect(all.flatMap((found) => found.built)).toEqual([]);
  });

  it.each(literals)('$where takes no text long: $source', { timeout: 30_000 }, async (found) => {
    const result = await check(found.source, found.flags);
    const attack = result.status === 'vulnerable' ? result.attack.pattern : '';
    expect({ status: result.status, attack }).toEqual({ status: 'safe', attack: '' });
  });

  it('would be found out', { timeout: 30_000 }, async () => {
    expect((await check('^(a+)+$', '')).status).toBe('vulnerable');
  });
});
