import { createNormalizer } from '../src/domain/normalize.ts';
import { parseVector } from '../src/sources/answer.ts';
import { tempo } from '../src/sources/dialects/tempo.ts';
import { generateSystem } from './exporter/generate-system.ts';

/**
 * Parsing and normalising the two answers that a window of traffic consists of, beside `JSON.parse`
 * of the same bytes: `npm run bench:parse -- [dependencies] [repetitions]`.
 */
const dependencies = Number(process.argv[2] ?? 100_000);
const repetitions = Number(process.argv[3] ?? 21);

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

const services = Math.max(10, Math.ceil(dependencies / 10));
const system = generateSystem({ services, dependencies, windows: 1, seed: 1 });
const answers = (['requests', 'failedRequests'] as const).map((kind) => ({
  kind,
  text: answerText(kind === 'requests' ? 1 : 0.02),
}));
const bytes = answers.reduce((sum, { text }) => sum + text.length, 0);

const bare: number[] = [];
const ours: number[] = [];
for (let repetition = -3; repetition < repetitions; repetition += 1) {
  const [bareMillis, ourMillis] =
    repetition % 2 === 0 ? [timed(parseBare), timed(parseAndNormalize)] : swapped();
  if (repetition < 0) continue;
  bare.push(bareMillis);
  ours.push(ourMillis);
}
const ratios = ours.map((millis, index) => millis / (bare[index] ?? Number.NaN));
process.stdout.write(
  `${dependencies} dependencies, ${(bytes / 1e6).toFixed(1)} MB, ${repetitions} repetitions
JSON.parse            ${median(bare).toFixed(0)} ms
parse and normalise   ${median(ours).toFixed(0)} ms
ratio                 ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})
`,
);

function swapped(): [number, number] {
  const ourMillis = timed(parseAndNormalize);
  return [timed(parseBare), ourMillis];
}

function timed(work: () => number): number {
  globalThis.gc?.();
  const startedAt = performance.now();
  if (work() === 0) throw new Error('Nothing was read.');
  return performance.now() - startedAt;
}

function parseBare(): number {
  return answers.reduce((sum, { text }) => sum + JSON.parse(text).data.result.length, 0);
}

function parseAndNormalize(): number {
  const normalizer = createNormalizer();
  for (const { kind, text } of answers) {
    for (const sample of parseVector(text).samples) {
      normalizer.add(tempo.read(source, kind, sample));
    }
  }
  return normalizer.finish().observations.length;
}

/** What Prometheus answers; in the second answer are those that failed at all. */
function answerText(share: number): string {
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
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
