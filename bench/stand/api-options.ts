import { parseArgs } from 'node:util';

export interface ApiOptions {
  readonly services: number;
  readonly dependencies: number;
  /** Requests of each question on each side, of which medians are shown. */
  readonly repetitions: number;
  readonly json: boolean;
}

export const apiUsage = `Usage: npm run bench:api -- [options]

  --services N       services of the generated graph (5000)
  --dependencies N   dependencies between them (20000)
  --repetitions N    requests of each question on each side (100)
  --json             print the figures as JSON
`;

/**
 * Reads the command line; `null` when only the usage was asked for.
 *
 * @throws Error whose message says what to change.
 */
export function readApiOptions(args: readonly string[]): ApiOptions | null {
  const number = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: number('5000'),
      dependencies: number('20000'),
      repetitions: number('100'),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) return null;
  return {
    services: whole('services', values.services, 100),
    dependencies: whole('dependencies', values.dependencies, 100),
    repetitions: whole('repetitions', values.repetitions, 5),
    json: values.json,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number, ${least} or more, not "${text}".`);
}
