import type { Command } from 'commander';
import { Agent } from 'undici';
import type { Config } from '../runtime/config.ts';
import { messageOf } from '../runtime/errors.ts';
import { problemOfRedis } from '../runtime/redis.ts';
import type { Secret } from '../runtime/secret.ts';
import { planWindow } from '../sources/plan-window.ts';
import { createPrometheusClient } from '../sources/prometheus-client.ts';
import { connectionOf } from '../sources/readers.ts';
import type { Source } from '../sources/source.ts';
import { print, type Session, withSession } from './session.ts';

/** One server that was looked at; `problem` says what is wrong and what to do. */
export interface Finding {
  readonly name: string;
  readonly where: string;
  /** `empty` is a source that answers and has nothing to read, which may be right. */
  readonly verdict: 'ok' | 'empty' | 'wrong';
  readonly problem: string | null;
  readonly note?: string;
}

/** What is examined. */
export type Examined = Pick<Session, 'config' | 'sources'> & {
  readonly database: Pick<Session['database'], 'ping'>;
  readonly temporal: Pick<Session['temporal'], 'ping'>;
};

/** What a look at a server that answers has found. */
interface Look {
  readonly verdict: 'ok' | 'empty';
  readonly note?: string;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check each server and say what is wrong; exit 1 if anything is.')
    .option('--json', 'print the findings as JSON')
    .action(({ json }: { json?: boolean }) =>
      withSession(async (session) => {
        const findings = await examine(session);
        if (json) print(JSON.stringify(findings));
        else for (const finding of findings) print(lineOf(finding));
        if (findings.some(({ verdict }) => verdict === 'wrong')) process.exitCode = 1;
      }),
    );
}

/** Looks at every configured server at the same time. */
export async function examine(session: Examined): Promise<Finding[]> {
  const { config, database, temporal, sources } = session;
  const { REDIS_URL: redis } = config;
  const findings = [
    examined('temporal', `TEMPORAL_ADDRESS ${config.TEMPORAL_ADDRESS}`, silent(temporal.ping)),
    examined('neo4j', `NEO4J_URI ${config.NEO4J_URI}`, silent(database.ping)),
    ...(redis === undefined ? [] : [examinedRedis(redis)]),
    ...sources.map((source) =>
      examined(`source ${source.id}`, `${whereOf(config, source)} ${source.url}`, () =>
        seriesOf(config, source),
      ),
    ),
  ];
  if (sources.length === 0) {
    const problem = 'none is configured: set PROMETHEUS_URL or TOPOLOG_SOURCES_FILE';
    findings.push(Promise.resolve({ name: 'sources', where: '', verdict: 'wrong', problem }));
  }
  return Promise.all(findings);
}

async function examinedRedis(url: Secret): Promise<Finding> {
  const problem = await problemOfRedis(url);
  const { protocol, host, pathname } = new URL(url.reveal());
  const where = `REDIS_URL ${protocol}//${host}${pathname}`;
  return { name: 'redis', where, verdict: problem === null ? 'ok' : 'wrong', problem };
}

/** The setting to change where a source is wrong. */
function whereOf({ TOPOLOG_SOURCES_FILE: file }: Config, { id }: Source): string {
  return file === undefined ? 'PROMETHEUS_URL' : `${file} ${id}`;
}

async function examined(name: string, where: string, check: () => Promise<Look>): Promise<Finding> {
  try {
    return { name, where, problem: null, ...(await check()) };
  } catch (error) {
    return { name, where, verdict: 'wrong', problem: messageOf(error) };
  }
}

/** A check that has nothing to add when all is well. */
function silent(check: () => Promise<void>): () => Promise<Look> {
  return async () => {
    await check();
    return { verdict: 'ok' };
  };
}

/** Asks a source once, without retries, what it has of a service graph in the last five minutes. */
async function seriesOf(config: Config, source: Source): Promise<Look> {
  const dispatcher = new Agent();
  try {
    const client = createPrometheusClient({
      ...connectionOf(source, dispatcher),
      retryDelaysMillis: [],
      timeoutMillis: 5000,
    });
    const now = Date.now();
    const window = { startMillis: now - 300_000, endMillis: now };
    const options = { maxSeries: Number.POSITIVE_INFINITY, aliases: new Map() };
    const { readings, census } = await planWindow(client, source, window, options);
    if (readings.length === 0) return empty('service graph metrics', config, source);
    const named = readings.map(({ name }) => name).join(', ');
    if (census.series === 0) return empty(`series in the dialect of ${named}`, config, source);
    return { verdict: 'ok', note: `${census.series} series in the dialect of ${named}` };
  } finally {
    await dispatcher.close();
  }
}

/** A source that answers and has nothing; what it was asked with is what may be at fault. */
function empty(what: string, { TOPOLOG_SOURCES_FILE: file }: Config, source: Source): Look {
  const dialect = file === undefined ? 'OTEL_GRAPH_DIALECT' : 'its dialect';
  const asked = [
    dialect,
    ...(source.metricPrefix === undefined ? [] : ['its metricPrefix']),
    ...(source.matchers?.length ? ['its matchers'] : []),
  ];
  return {
    verdict: 'empty',
    note: `it answers, but had no ${what} in the last 5 minutes: look at what writes them, and at ${asked.join(' and ')}`,
  };
}

const words = { ok: 'ok', empty: 'EMPTY', wrong: 'WRONG' } as const;

/** A finding as it is printed. */
export function lineOf({ name, where, verdict, problem, note }: Finding): string {
  const more = problem ?? note;
  return `${words[verdict].padEnd(7)}${name.padEnd(20)} ${where}${more === undefined ? '' : `\n       ${more}`}`;
}
