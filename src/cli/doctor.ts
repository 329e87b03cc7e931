import type { Command } from 'commander';
import { Agent } from 'undici';
import { agreementsOf } from '../graph/source-agreement.ts';
import { createPrometheusClient } from '../sources/prometheus-client.ts';
import { connectionOf } from '../sources/readers.ts';
import type { Source } from '../sources/source.ts';
import { type AlikeSources, alikeSourcesCheck } from './doctor/checks/alike-sources.ts';
import { type Servers, serverChecks, workersOf } from './doctor/checks/servers.ts';
import type { SourceRecord } from './doctor/examined-source.ts';
import {
  type Check,
  exitCodeOf,
  type Finding,
  linesOf,
  overall,
  reportOf,
} from './doctor/finding.ts';
import { liveSourceOf } from './doctor/live-source.ts';
import { runChecks } from './doctor/run-checks.ts';
import { sourceChecks } from './doctor/source-checks.ts';
import { recordOf } from './doctor/source-records.ts';
import { print, progress, type Session, withSession } from './session.ts';

/** What is examined. */
export type Examined = Servers &
  Pick<Session, 'sources'> & {
    /** What the graph has of a source. */
    readonly recordOf: (source: string) => Promise<SourceRecord | null>;
    /** The sources that have counted pairs of one in the same windows of late. */
    readonly agreementsOf: AlikeSources['agreementsOf'];
  };

/** So old counts are still compared between sources. */
const lateMillis = 86_400_000;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check each server and source and say what is wrong; exit 1 if anything is, 3 if anything is doubtful.',
    )
    .option('--json', 'print the findings as JSON')
    .action(({ json }: { json?: boolean }) =>
      withSession(async (session) => {
        const { database, temporal } = session;
        const findings = await examine(
          {
            ...session,
            workers: workersOf(temporal),
            recordOf: (source) => recordOf(database, source),
            agreementsOf: (source) => agreementsOf(database, source, Date.now() - lateMillis),
          },
          progress,
        );
        if (json) print(JSON.stringify(reportOf(findings)));
        else for (const line of linesOf(findings)) print(line);
        process.exitCode = exitCodeOf(overall(findings));
      }),
    );
}

/** Looks at every configured server and source at the same time. */
export async function examine(
  examined: Examined,
  say: (text: string) => void = () => {},
): Promise<Finding[]> {
  const { sources } = examined;
  const dispatcher = new Agent();
  try {
    const ofSources = sources.map((one) => checksOf(examined, one, dispatcher));
    const none = sources.length === 0 ? [noSource] : [];
    const checks = [...serverChecks(examined), ...none, ...ofSources.flat()];
    return await runChecks([...checks, ...alikeSourcesCheck(examined)], say);
  } finally {
    await dispatcher.destroy();
  }
}

/** Most time a source may take for one answer: it may be slow, and a person waits. */
const timeoutMillis = 20_000;

function checksOf({ config, recordOf: read }: Examined, source: Source, shared: Agent): Check[] {
  let isAskedByGet = false;
  const client = createPrometheusClient({
    ...connectionOf(source, shared),
    retryDelaysMillis: [],
    timeoutMillis,
    onTry: ({ endpoint, method }) => ({
      headers: {},
      answered: () => {},
      // Questions are asked by POST, unless the server has refused that.
      ended: (outcome) => {
        if (endpoint === 'query' && method === 'GET' && outcome === 'ok') isAskedByGet = true;
      },
    }),
  });
  const records = read(source.id);
  // Each check that needs it says what was wrong with it.
  records.catch(() => {});
  const nowMillis = Date.now();
  return sourceChecks({
    ...{ config, source, client, nowMillis },
    isAskedByGet: () => isAskedByGet,
    live: liveSourceOf(client, source, nowMillis),
    records: () => records,
  });
}

const noSource: Check = {
  name: 'sources',
  check: async () => [
    {
      name: 'sources',
      check: 'sources.configured',
      outcome: 'wrong',
      where: '',
      message: 'none is configured: set PROMETHEUS_URL or TOPOLOG_SOURCES_FILE',
      setting: 'PROMETHEUS_URL',
    },
  ],
};
