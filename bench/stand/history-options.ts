import { parseArgs } from 'node:util';

export interface HistoryOptions {
  readonly services: number;
  readonly dependencies: number;
  readonly days: number;
  /** Share of the dependencies that a day replaces. */
  readonly churn: number;
  readonly impactServices: number;
  readonly repetitions: number;
  readonly json: boolean;
}

export const historyUsage = `Usage: npm run bench:history -- [options]

  --services N          services (10000)
  --dependencies N      dependencies that are there at any time (100000)
  --days N              days of history (400)
  --churn SHARE         share of them that a day replaces (0.016)
  --impact-services N   services of the system that failures are followed in (5000)
  --repetitions N       reads of which the median is shown (5)
  --json                print the figures as JSON
`;

/**
 * Reads the command line; `null` when only the usage was asked for.
 *
 * @throws Error whose message says what to change.
 */
export function readHistoryOptions(args: readonly string[]): HistoryOptions | null {
  const number = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: number('10000'),
      dependencies: number('100000'),
      days: number('400'),
      churn: number('0.016'),
      'impact-services': number('5000'),
      repetitions: number('5'),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) return null;
  const whole = (name: string, text: string, least: number) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} must be a whole number, ${least} or more, not "${text}".`);
  };
  const churn = Number(values.churn);
  if (!(churn > 0 && churn < 1)) throw new Error('--churn must be a share between 0 and 1.');
  return {
    services: whole('services', values.services, 10),
    dependencies: whole('dependencies', values.dependencies, 10),
    days: whole('days', values.days, 2),
    churn,
    impactServices: whole('impact-services', values['impact-services'], 10),
    repetitions: whole('repetitions', values.repetitions, 1),
    json: values.json,
  };
}
