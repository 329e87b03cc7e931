import { createNormalizer } from '../../src/domain/normalize.ts';
import { parseVector } from '../../src/sources/answer.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { generateSystem } from '../exporter/generate-system.ts';

/** Milliseconds of processor time, the collector's included; medians over the repetitions. */
export interface ParseMeasured {
  readonly dependencies: number;
  readonly megabytes: number;
  readonly repetitions: number;
  readonly parseMillis: number;
  /** What no one can do without who parses first: each name looked up once, each pair in a map. */
  readonly leastMillis: number;
  readonly oursMillis: number;
  /** Of the medians. */
  readonly ratio: number;
  readonly leastRatio: number;
}

const dialect = tempo();
const source = {
  id: 'bench',
  url: 'http://127.0.0.1:9090',
  dialect: 'tempo',
  intervalMillis: 900_000,
  settleMillis: 0,
  reachMillis: 300_000,
  scrapeIntervalMillis: 60_000,
  fixed: { environment: '', cluster: '' },
} as const;

interface Answer {
  readonly kind: 'requests' | 'failedRequests';
  readonly text: string;
}

/**
 * Parses, validates and normalises the two answers that a window of traffic consists of, beside
 * `JSON.parse` of the same bytes.
 */
export function measureParse(dependencies: number, repetitions: number): ParseMeasured {
  const answers = answersOf(dependencies);
  const times = { bare: [] as number[], least: [] as number[], ours: [] as number[] };
  for (let repetition = -2; repetition < repetitions; repetition += 1) {
    const took = {
      bare: timed(() => parseBare(answers)),
      least: timed(() => parseAndFind(answers)),
      ours: timed(() => parseAndNormalize(answers)),
    };
    if (repetition < 0) continue;
    times.bare.push(took.bare);
    times.least.push(took.least);
    times.ours.push(took.ours);
  }
  const [parseMillis, leastMillis, oursMillis] = [times.bare, times.least, times.ours].map(median);
  return {
    dependencies,
    megabytes: answers.reduce((sum, { text }) => sum + text.length, 0) / 1e6,
    repetitions,
    parseMillis: parseMillis ?? Number.NaN,
    leastMillis: leastMillis ?? Number.NaN,
    oursMillis: oursMillis ?? Number.NaN,
    ratio: (oursMillis ?? Number.NaN) / (parseMillis ?? Number.NaN),
    leastRatio: (leastMillis ?? Number.NaN) / (parseMillis ?? Number.NaN),
  };
}

/** Processor time, because other work on the machine does not count in it. */
function timed(work: () => number): number {
  globalThis.gc?.();
  const before = process.cpuUsage();
  if (work() === 0) throw new Error('Nothing was read.');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function parseBare(answers: readonly Answer[]): number {
  return answers.reduce((sum, { text }) => sum + JSON.parse(text).data.result.length, 0);
}

function parseAndFind(answers: readonly Answer[]): number {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const number = numbers.get(name) ?? numbers.size;
    if (number === numbers.size) numbers.set(name, number);
    return number;
  };
  const pairs = new Map<number, { client: number; server: number; value: number }>();
  for (const { text } of answers) {
    for (const { metric, value } of JSON.parse(text).data.result) {
      const [client, server] = [numberOf(metric.client), numberOf(metric.server)];
      const key = client * 1_000_000 + server;
      const pair = pairs.get(key);
      if (pair === undefined) pairs.set(key, { client, server, value: Number(value[1]) });
      else pair.value += Number(value[1]);
    }
  }
  return pairs.size;
}

function parseAndNormalize(answers: readonly Answer[]): number {
  const normalizer = createNormalizer();
  for (const { kind, text } of answers) {
    for (const sample of parseVector(text).samples) {
      normalizer.add(dialect.read(source, kind, sample));
    }
  }
  return normalizer.finish().observations.length;
}

/** What Prometheus answers; in the second answer are those that failed at all. */
function answersOf(dependencies: number): Answer[] {
  const services = Math.max(10, Math.ceil(dependencies / 10));
  const system = generateSystem({ services, dependencies, windows: 1, seed: 1 });
  return (['requests', 'failedRequests'] as const).map((kind) => {
    const share = kind === 'requests' ? 1 : 0.02;
    const result = system
      .filter(({ failing }) => share === 1 || failing > 0)
      .map(({ client, server, connectionType, rates }) => ({
        metric: {
          client,
          ...(connectionType === '' ? {} : { connection_type: connectionType }),
          server,
        },
        value: [1_735_732_800, String((rates[0] ?? 0) * 15 * share)],
      }));
    const answer = { status: 'success', data: { resultType: 'vector', result } };
    return { kind, text: JSON.stringify(answer) };
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
