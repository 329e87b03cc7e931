import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashOfSource, isCompiled, markCompiled } from '../../dev/start/compiled.mjs';
import { temporaryDirectory } from './temporary-directory.ts';

/** A checkout with some source, compiled. */
function compiled() {
  const root = temporaryDirectory();
  for (const folder of ['src/api', 'dist']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'src', 'server.ts'), 'export {};\n');
  writeFileSync(join(root, 'src', 'api', 'a.ts'), 'export const a = 1;\n');
  writeFileSync(join(root, 'package-lock.json'), '{}');
  markCompiled(root, hashOfSource(root));
  return root;
}

const isFresh = (root: string) => isCompiled(root, hashOfSource(root));

describe('what was compiled', () => {
  it('is not compiled again while nothing changed', () => {
    const root = compiled();
    expect(isFresh(root)).toBe(true);
    writeFileSync(join(root, 'README.md'), 'read');
    expect(isFresh(root)).toBe(true);
  });

  it.each([
    ['a file changed', 'src/api/a.ts', 'export const a = 2;\n'],
    ['a file came', 'src/api/b.ts', ''],
    ['a package changed', 'package-lock.json', '{"a": 1}'],
  ])('is compiled where %s', (_why, file, content) => {
    const root = compiled();
    writeFileSync(join(root, file), content);
    expect(isFresh(root)).toBe(false);
  });

  it('is compiled where a file or what was compiled is gone', () => {
    const root = compiled();
    rmSync(join(root, 'src', 'api', 'a.ts'));
    expect(isFresh(root)).toBe(false);
    const other = compiled();
    rmSync(join(other, 'dist'), { recursive: true });
    expect(isFresh(other)).toBe(false);
  });

  it('is forgotten by every build, so that it never stands beside other code', () => {
    const { scripts } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(scripts.prebuild).toContain(' dist/.topolog-compiled');
  });
});
