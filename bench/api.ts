import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { apiUsage, readApiOptions } from './stand/api-options.ts';
import { type ApiStand, startApiStand } from './stand/api-stand.ts';
import { buildProduct } from './stand/build-product.ts';
import { type Question, questions } from './stand/questions.ts';
import { send, statementsOf } from './stand/recorded-driver.ts';
import { unlimited } from './stand/unlimited.ts';

const startedAt = performance.now();
const undoing: (() => Promise<void> | void)[] = [];
const cleanup = (undo: () => Promise<void> | void) => void undoing.push(undo);
const agent = new Agent({ connections: 1 });

function say(line: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
}

interface Figures {
  readonly name: string;
  readonly bareMillis: number;
  readonly apiMillis: number;
  readonly p99Ratio: number;
  readonly routeMillis: number;
  readonly notModifiedMillis: number;
}

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** Milliseconds of one request, whose body is read to its end, and the tag of its answer. */
async function get(url: string, headers: Record<string, string> = {}) {
  const begin = performance.now();
  const answer = await request(url, { dispatcher: agent, headers });
  const body = await answer.body.text();
  const millis = performance.now() - begin;
  const { statusCode: status } = answer;
  if (status !== 200 && status !== 304) {
    throw new Error(`GET ${url} answered ${status}: ${body.slice(0, 300)}`);
  }
  return { millis, status, tag: String(answer.headers.etag ?? '') };
}

/** The sides take turns, so that whatever else happens on the machine happens to all of them. */
async function compare(stand: ApiStand, question: Question, repetitions: number): Promise<Figures> {
  const statements = await statementsOf(stand.driver, question.ask);
  const route = await bareRoute(stand.neo4jUri, question.name);
  const url = `${stand.url}${question.path}`;
  const sides = { bare: [], api: [], route: [], notModified: [] } as Record<string, number[]>;
  const warmUp = Math.max(5, Math.ceil(repetitions / 5));
  for (let turn = -warmUp; turn < repetitions; turn += 1) {
    const begin = performance.now();
    await send(stand.driver, statements);
    const bare = performance.now() - begin;
    const api = await get(url);
    const routed = await get(route.url);
    const again = await get(url, { 'if-none-match': api.tag });
    if (turn < 0) continue;
    sides.bare?.push(bare);
    sides.api?.push(api.millis);
    sides.route?.push(routed.millis);
    // A tag holds for the rest of a minute; what came after that was answered anew.
    if (again.status === 304) sides.notModified?.push(again.millis);
  }
  route.stop();
  const of = (side: string, share: number) => quantile(sides[side] ?? [], share);
  return {
    name: question.name,
    bareMillis: of('bare', 0.5),
    apiMillis: of('api', 0.5),
    p99Ratio: of('api', 0.99) / of('bare', 0.99),
    routeMillis: of('route', 0.5),
    notModifiedMillis: of('notModified', 0.5),
  };
}

/** Serves the rows of a question by a Hono app that does nothing else, in a process of its own. */
async function bareRoute(neo4jUri: string, question: string) {
  const script = fileURLToPath(new URL('./stand/bare-route.ts', import.meta.url));
  const child = fork(script, { execArgv: ['--import', 'tsx'] });
  cleanup(() => void child.kill());
  child.send({ neo4jUri, question });
  const [port] = await once(child, 'message');
  return { url: `http://127.0.0.1:${port}/`, stop: () => child.disconnect() };
}

async function measure(args: readonly string[]): Promise<void> {
  const options = readApiOptions(args);
  if (options === null) {
    process.stdout.write(apiUsage);
    return;
  }
  buildProduct(say);
  cleanup(() => agent.close());
  const stand = await startApiStand(options, unlimited, cleanup, say);
  const figures: Figures[] = [];
  for (const question of questions) {
    say(question.name);
    figures.push(await compare(stand, question, options.repetitions));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ options, figures }, null, 2)}\n`);
  else process.stdout.write(tableOf(figures));
}

function tableOf(figures: readonly Figures[]): string {
  const millis = (value: number) => `${value.toFixed(2)} ms`;
  const rows = [
    [
      'median of',
      'bare driver',
      'API',
      'ratio',
      'p99 ratio',
      'bare route',
      'API above it',
      '304',
      '304 ÷ 200',
    ],
    ...figures.map((one) => [
      one.name,
      millis(one.bareMillis),
      millis(one.apiMillis),
      (one.apiMillis / one.bareMillis).toFixed(2),
      one.p99Ratio.toFixed(2),
      millis(one.routeMillis),
      millis(one.apiMillis - one.routeMillis),
      millis(one.notModifiedMillis),
      (one.notModifiedMillis / one.apiMillis).toFixed(2),
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths?.[0] ?? 0) : cell.padStart(widths?.[column] ?? 0);
  return `${rows.map((row) => row.map(pad).join('   ')).join('\n')}\n`;
}

try {
  await measure(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
} finally {
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo();
}
