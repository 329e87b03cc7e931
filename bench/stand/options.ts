import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly services: number;
  readonly dependencies: number;
  /** Measured repetitions; medians are printed. */
  readonly repetitions: number;
  /** Repetitions before them that do not count: the servers compile and fill their caches. */
  readonly warmUp: number;
  readonly batchRows: number;
  readonly seed: number;
  /** Measured repetitions of one worker beside two, after the others; 0 leaves it out. */
  readonly twoWorkers: number;
  /** How many times the system's size the worker's memory is measured at; none leaves it out. */
  readonly memoryTimes: readonly number[];
  /** Repetitions of parsing beside `JSON.parse`; 0 leaves it out. */
  readonly parse: number;
  readonly json: boolean;
}

export const usage = `Usage: npm run bench -- [options]

  --services N       services of the generated system (2000)
  --dependencies N   dependencies between them (20000)
  --repetitions N    measured repetitions of both sides (3)
  --warm-up N        repetitions before them that do not count (1)
  --batch-rows N     rows in one transaction, on both sides (2000)
  --two-workers N    measured repetitions of one worker beside two (1)
  --memory LIST      sizes to measure memory at, as multiples of the system's (1,3); 0 for none
  --parse N          repetitions of parsing beside JSON.parse (9); 0 for none
  --seed N           seed of the generated system (1)
  --json             print the figures as JSON
`;

/**
 * Reads the command line; `null` when only the usage was asked for.
 *
 * @throws Error whose message says what to change.
 */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const number = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      services: number('2000'),
      dependencies: number('20000'),
      repetitions: number('3'),
      'warm-up': number('1'),
      'batch-rows': number('2000'),
      seed: number('1'),
      'two-workers': number('1'),
      memory: number('1,3'),
      parse: number('9'),
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  if (values.help) return null;
  const options: BenchOptions = {
    services: whole('services', values.services, 10),
    dependencies: whole('dependencies', values.dependencies, 10),
    repetitions: whole('repetitions', values.repetitions, 1),
    warmUp: whole('warm-up', values['warm-up'], 0),
    batchRows: whole('batch-rows', values['batch-rows'], 1),
    seed: whole('seed', values.seed, 0),
    twoWorkers: whole('two-workers', values['two-workers'], 0),
    memoryTimes: values.memory
      .split(',')
      .map((text) => whole('memory', text, 0))
      .filter((times) => times > 0),
    parse: whole('parse', values.parse, 0),
    json: values.json,
  };
  const { services, dependencies } = options;
  const most = Math.floor(services ** 2 / 8);
  if (dependencies < services || dependencies > most) {
    throw new Error(`${services} services need between ${services} and ${most} --dependencies.`);
  }
  return options;
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} must be a whole number, ${least} or more, not "${text}".`);
}
