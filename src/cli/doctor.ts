import type { Command } from 'commander';
import { Agent } from 'undici';
import type { Config } from '../runtime/config.ts';
import { messageOf } from '../runtime/errors.ts';
import { chooseDialect, surveyQuery } from '../sources/choose-dialect.ts';
import { createPrometheusClient } from '../sources/prometheus-client.ts';
import { connectionOf } from '../sources/readers.ts';
import type { Source } from '../sources/source.ts';
import { print, type Session, withSession } from './session.ts';

/** One server that was looked at; `problem` says what is wrong and what to do. */
interface Finding {
  readonly name: string;
  readonly where: string;
  readonly problem: string | null;
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
        else for (const finding of findings) print(line(finding));
        if (findings.some(({ problem }) => problem !== null)) process.exitCode = 1;
      }),
    );
}

async function examine({ config, database, temporal, sources }: Session): Promise<Finding[]> {
  const findings = [
    examined('temporal', `TEMPORAL_ADDRESS ${config.TEMPORAL_ADDRESS}`, silent(temporal.ping)),
    examined('neo4j', `NEO4J_URI ${config.NEO4J_URI}`, silent(database.ping)),
    ...sources.map((source) =>
      examined(`source ${source.id}`, `${whereOf(config, source)} ${source.url}`, () =>
        seriesOf(source),
      ),
    ),
  ];
  if (sources.length === 0) {
    findings.push(
      Promise.resolve({
        name: 'sources',
        where: '',
        problem: 'none is configured: set PROMETHEUS_URL or TOPOLOG_SOURCES_FILE',
      }),
    );
  }
  return Promise.all(findings);
}

/** The setting to change where a source is wrong. */
function whereOf({ TOPOLOG_SOURCES_FILE: file }: Config, { id }: Source): string {
  return file === undefined ? 'PROMETHEUS_URL' : `${file} ${id}`;
}

async function examined(
  name: string,
  where: string,
  check: () => Promise<string | undefined>,
): Promise<Finding> {
  try {
    const note = await check();
    return { name, where, problem: null, ...(note ? { note } : {}) };
  } catch (error) {
    return { name, where, problem: messageOf(error) };
  }
}

/** A check that has nothing to add when all is well. */
function silent(check: () => Promise<void>): () => Promise<undefined> {
  return async () => {
    await check();
  };
}

/** Asks a source once, without retries, what it has of a service graph in the last five minutes. */
async function seriesOf(source: Source): Promise<string> {
  const dispatcher = new Agent();
  try {
    const { query } = createPrometheusClient({
      ...connectionOf(source, dispatcher),
      retryDelaysMillis: [],
      timeoutMillis: 5000,
    });
    const now = Date.now();
    const window = { startMillis: now - 300_000, endMillis: now };
    const survey = surveyQuery(source, window);
    const choice = chooseDialect(source, survey ? (await query(survey, now)).samples : []);
    if (choice === null) return 'it answers, but has no service graph metrics now';
    const { samples } = await query(
      choice.dialect.census({ source, window, matchers: [] }).series,
      now,
    );
    return `${samples[0]?.value ?? 0} series in the dialect of ${choice.name}`;
  } finally {
    await dispatcher.close();
  }
}

function line({ name, where, problem, note }: Finding): string {
  const verdict = problem === null ? 'ok     ' : 'WRONG  ';
  const more = problem ?? note;
  return `${verdict}${name.padEnd(20)} ${where}${more === undefined ? '' : `\n       ${more}`}`;
}
