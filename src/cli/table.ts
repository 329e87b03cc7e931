import { plainText } from '../runtime/plain-text.ts';

/** Rows under a heading, in columns as wide as they need to be; each on one line, whatever is in it. */
export function table(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(plainText));
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
