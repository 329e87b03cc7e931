import { measureParse } from './stand/measure-parse.ts';

/** `npm run bench:parse -- [dependencies] [repetitions]` */
const measured = measureParse(Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 21));
const { dependencies, megabytes, repetitions, parseMillis, leastMillis, oursMillis } = measured;
process.stdout.write(
  `${dependencies} dependencies, ${megabytes.toFixed(1)} MB, ${repetitions} repetitions, processor time
JSON.parse                          ${parseMillis.toFixed(0)} ms
JSON.parse, names and pairs found   ${leastMillis.toFixed(0)} ms, ${measured.leastRatio.toFixed(2)} times that
parse, validate and normalise       ${oursMillis.toFixed(0)} ms, ${measured.ratio.toFixed(2)} times that
`,
);
