import { type CaseName, cases, type Measured } from './measure.ts';

/** Medians of one case over the repetitions; a ratio is the median of each repetition's own. */
export interface CaseFigures {
  readonly case: CaseName;
  readonly rows: number;
  readonly readSeconds: number;
  readonly writeSeconds: number;
  readonly writtenPerSecond: number;
  /** The first time, on servers just started; `null` without a warm-up. */
  readonly firstWriteSeconds: number | null;
  readonly runSeconds: number;
  readonly peakMebibytes: number;
  readonly growthMebibytes: number;
  readonly bareSeconds: number;
  readonly writeToBare: number;
  /** The least and the largest ratio of a repetition: how far the median can be trusted. */
  readonly writeToBareRange: readonly [number, number];
  readonly statementSeconds: Readonly<Record<string, number>>;
}

export function summarizeCases(
  measured: readonly Measured[],
  warmUp: readonly Measured[],
): CaseFigures[] {
  return cases.map(({ name }) => {
    const of = measured.filter((one) => one.case === name);
    const middle = (value: (one: Measured) => number) => median(of.map(value));
    const statements = [...new Set(of.flatMap((one) => Object.keys(one.statementSeconds)))];
    return {
      case: name,
      rows: middle((one) => one.observations),
      readSeconds: middle((one) => one.readSeconds),
      writeSeconds: middle((one) => one.writeSeconds),
      writtenPerSecond: middle((one) => one.observations / one.writeSeconds),
      firstWriteSeconds: warmUp.find((one) => one.case === name)?.writeSeconds ?? null,
      runSeconds: middle((one) => one.runSeconds),
      peakMebibytes: middle((one) => one.peakMebibytes),
      growthMebibytes: middle((one) => one.growthMebibytes),
      bareSeconds: middle((one) => one.bareSeconds),
      writeToBare: middle(ratioOf),
      writeToBareRange: [Math.min(...of.map(ratioOf)), Math.max(...of.map(ratioOf))],
      statementSeconds: Object.fromEntries(
        statements
          .map((statement) => [statement, middle((one) => one.statementSeconds[statement] ?? 0)])
          .sort(([, a], [, b]) => Number(b) - Number(a)),
      ),
    };
  });
}

const ratioOf = ({ writeSeconds, bareSeconds }: Measured): number => writeSeconds / bareSeconds;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
}

/** The figures for people: a column a case. */
export function tableOf(figures: readonly CaseFigures[]): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const row = (title: string, cell: (one: CaseFigures) => string) => [title, ...figures.map(cell)];
  const named = [...new Set(figures.flatMap((one) => Object.keys(one.statementSeconds)))].filter(
    (name) => figures.some((one) => (one.statementSeconds[name] ?? 0) >= 0.05),
  );
  return aligned([
    row('', (one) => one.case),
    row('observations', (one) => whole(one.rows)),
    row('ask, parse, normalise', (one) => seconds(one.readSeconds)),
    row('write', (one) => seconds(one.writeSeconds)),
    row('  written a second', (one) => whole(one.writtenPerSecond)),
    ...named.map((name) => row(`  ${name}`, (one) => seconds(one.statementSeconds[name] ?? 0))),
    row('  the first time, not counted', ({ firstWriteSeconds }) =>
      firstWriteSeconds === null ? '' : seconds(firstWriteSeconds),
    ),
    row('bare driver, same rows', (one) => seconds(one.bareSeconds)),
    row('write / bare driver', (one) => one.writeToBare.toFixed(2)),
    row(
      '  least and largest',
      ({ writeToBareRange: [least, largest] }) => `${least.toFixed(2)}–${largest.toFixed(2)}`,
    ),
    row('whole run', (one) => seconds(one.runSeconds)),
    row('peak memory of the worker', (one) => `${whole(one.peakMebibytes)} MiB`),
    row('  above what it had before', (one) => `${whole(one.growthMebibytes)} MiB`),
  ]);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
  return `${rows.map((row) => row.map(pad).join('   ')).join('\n')}\n`;
}
