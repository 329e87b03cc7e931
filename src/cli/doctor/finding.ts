/** How a check ended; `doubtful` is what may be right, and what a person should look at. */
export const outcomes = ['ok', 'doubtful', 'wrong'] as const;
export type Outcome = (typeof outcomes)[number];

/** What one check found of one server or source. */
export interface Finding {
  /** What was looked at, such as `temporal` or `source shop`. */
  readonly name: string;
  /** Which check it is; stable, for programs. */
  readonly check: string;
  readonly outcome: Outcome;
  /** Where it is configured, and what it says there. */
  readonly where: string;
  /** What was found, in a sentence. */
  readonly message: string | null;
  /** The setting that helps; `null` where there is none, or nothing to help. */
  readonly setting: string | null;
}

/** What a check says of what it is about; the name and the place are added to it. */
export type Found = Pick<Finding, 'outcome' | 'message'> & { readonly setting?: string };

/** A thing to look at, with a name that does not change and is told to programs. */
export interface Check {
  readonly name: string;
  check(): Promise<Finding[]>;
}

/** The worst of what was found. */
export function overall(findings: readonly Pick<Finding, 'outcome'>[]): Outcome {
  const found = new Set(findings.map(({ outcome }) => outcome));
  if (found.has('wrong')) return 'wrong';
  return found.has('doubtful') ? 'doubtful' : 'ok';
}

const exitCodes: Readonly<Record<Outcome, number>> = { ok: 0, wrong: 1, doubtful: 3 };

export function exitCodeOf(outcome: Outcome): number {
  return exitCodes[outcome];
}

const words: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  doubtful: 'DOUBTFUL',
  wrong: 'WRONG',
};

/** Findings as they are printed; that a further check of something found nothing is left out. */
export function linesOf(findings: readonly Finding[]): string[] {
  const told = findings.filter(({ name, outcome, message }) => {
    const alone = findings.filter((other) => other.name === name).length === 1;
    return alone || outcome !== 'ok' || message !== null;
  });
  return told.map(lineOf);
}

function lineOf({ name, outcome, where, message, setting }: Finding): string {
  const head = `${words[outcome].padEnd(10)}${name.padEnd(20)} ${where}`.trimEnd();
  // A message that names its setting already needs no second line for it.
  const help = setting === null || message?.includes(setting) ? null : `look at: ${setting}`;
  const more = [message, help].filter((line) => line !== null);
  return [head, ...more].join(`\n${' '.repeat(10)}`);
}

/** All findings for programs. */
export function reportOf(findings: readonly Finding[]) {
  return { outcome: overall(findings), findings };
}
