import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problemKinds } from '../../src/api/problem.ts';
import { errorCodes } from '../../src/runtime/errors.ts';

const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \| (.+) \|$/gm)].map(
  ([, code, status, meaning, advice]) => ({ code, status: Number(status), meaning, advice }),
);

describe('docs/errors.md', () => {
  it('has every code once, by status', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual([...errorCodes].sort());
    const statuses = rows.map(({ status }) => status);
    expect(statuses).toEqual([...statuses].sort());
  });

  it.each(errorCodes)('has the status and the meaning of %s, and what to do', (code) => {
    const row = rows.find((one) => one.code === code);
    const { status, title } = problemKinds[code];
    expect(row).toMatchObject({ status, meaning: title });
    expect(row?.advice?.length).toBeGreaterThan(5);
  });
});
