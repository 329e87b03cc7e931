// Whether a Topolog that was just deployed works: `node dev/smoke.mjs --url https://topolog.example`.
// It needs nothing installed. With a key in TOPOLOG_API_KEY it asks as that key (scopes read and run).
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Answers that no waiting mends: the request or the key is wrong. */
const HOPELESS = [400, 401, 403, 409, 422];

const HELP = `node dev/smoke.mjs [options]

  --url URL        of the API, without a path (http://127.0.0.1:8000)
  --source ID      which to read, where there are several
  --version TEXT   what must answer
  --timeout N      seconds for all of it (300)
  --help           this text

  TOPOLOG_API_KEY  environment: a key with the scopes read and run
`;

/** A check that failed, in one sentence. */
export class SmokeError extends Error {}

/**
 * @typedef {object} SmokeOptions
 * @property {string} url of the API, without a path
 * @property {string} [key] without it no key is sent
 * @property {string} [source] to read, where there are several
 * @property {string} [version] which must answer
 * @property {number} timeoutMs for all of it
 * @property {(line: string) => void} say
 */

/**
 * Health, readiness, one run to its end, and an answer about the graph.
 *
 * @param {SmokeOptions} options
 */
export async function smoke({ url, key, source, version, timeoutMs, say }) {
  const deadline = performance.now() + timeoutMs;
  const left = () => Math.max(Math.ceil(deadline - performance.now()), 1);

  /**
   * @param {string} path
   * @param {object} [body] makes it a POST
   * @returns {Promise<{ status: number, answer: any }>}
   */
  async function ask(path, body) {
    const response = await fetch(new URL(path, url), {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(Math.min(left(), 15_000)),
    });
    return { status: response.status, answer: await response.json().catch(() => null) };
  }

  /**
   * Asks until the answer is as it should be: while a rollout goes on, old and new answer by turns.
   *
   * @param {string} path
   * @param {(status: number, answer: any) => boolean} good
   * @param {object} [body]
   */
  async function until(path, good, body) {
    let last = 'none';
    do {
      try {
        const { status, answer } = await ask(path, body);
        if (good(status, answer)) return answer;
        last = `${status} ${JSON.stringify(answer).slice(0, 300)}`;
        if (HOPELESS.includes(status)) break;
      } catch (error) {
        // At the very end a request is cut short; what was answered before says more.
        if (left() > 1) last = error instanceof Error ? error.message : String(error);
      }
      await sleep(Math.min(1000, left()));
    } while (left() > 1);
    const what = `${body ? 'POST' : 'GET'} ${path}`;
    throw new SmokeError(`${what} was not answered as it should be; the last answer: ${last}`);
  }

  const health = await until(
    '/api/v1/health',
    (status, answer) =>
      status === 200 && answer?.status === 'ok' && (!version || answer.version === version),
  );
  say(`health     ${health.status}, version ${health.version}`);
  const ready = await until(
    '/api/v1/health/ready',
    (status, answer) => status === 200 && answer?.status === 'ready',
  );
  say(`readiness  ${ready.status}: ${Object.keys(ready.dependencies).join(', ')}`);

  // Asking twice does no harm: a source that is being read is not read twice.
  const started = await until('/api/v1/runs', (status) => status === 202, {
    kind: 'ingest',
    ...(source ? { source } : {}),
  });
  const { id } = started.run;
  const run = await until(
    `/api/v1/runs/${id}`,
    (status, answer) => status === 200 && answer.state !== 'running',
  );
  if (run.state !== 'completed') {
    throw new SmokeError(`Run ${id} ${run.state}: ${run.error ?? 'it says no reason'}`);
  }
  say(`run        ${run.state}, ${JSON.stringify(run.windows)}`);

  const graph = await ask('/api/v1/graph');
  if (graph.status !== 200 || !Array.isArray(graph.answer?.services)) {
    throw new SmokeError(`GET /api/v1/graph answers ${graph.status}`);
  }
  say(`graph      ${graph.answer.services.length} services`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:8000' },
      source: { type: 'string' },
      version: { type: 'string' },
      timeout: { type: 'string', default: '300' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { url, source, version } = values;
  const key = process.env.TOPOLOG_API_KEY;
  await smoke({
    url,
    timeoutMs: Number(values.timeout) * 1000,
    say: (line) => console.log(line),
    ...(key ? { key } : {}),
    ...(source ? { source } : {}),
    ...(version ? { version } : {}),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
