import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs', 'ingestion-rules.md'), 'utf8');
const proofs = [...text.matchAll(/\| `([^`]+\.test\.ts)` › (.+) \|$/gm)].map(
  ([, file = '', title = '']) => ({ file, title }),
);

describe('the table of rules', () => {
  it('has a proof in every row', () => {
    const rows = text
      .split('\n')
      .filter((line) => /^\|/.test(line) && !/^\| (---|rule|fault)/.test(line));
    expect(proofs.length).toBe(rows.length);
    expect(proofs.length).toBeGreaterThan(40);
  });

  it.each(proofs)('names a test that there is: $file › $title', ({ file, title }) => {
    const path = join(root, 'test', file);
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain(title);
  });
});
