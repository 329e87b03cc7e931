import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import neo4jDriver from 'neo4j-driver';
import { startNeo4j } from '../dev/stack/index.mjs';
import { everything } from '../src/domain/view.ts';
import { createChangeQueries } from '../src/graph/change-queries.ts';
import { createDatabase, openDriver } from '../src/graph/database.ts';
import { createDiffQueries } from '../src/graph/diff-queries.ts';
import { createImpactQueries } from '../src/graph/impact-queries.ts';
import { createQueries } from '../src/graph/queries.ts';
import { loadStatements } from '../src/graph/statements.ts';
import { historyUsage, readHistoryOptions } from './stand/history-options.ts';
import { dayMillis, nowMillis, writeHistory } from './stand/write-history.ts';

const startedAt = performance.now();
const undoing: (() => Promise<void> | void)[] = [];

function say(line: string): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${line}\n`);
}

interface Figure {
  readonly what: string;
  readonly value: string;
  readonly target: string;
  readonly isMet: boolean | null;
}

/** Milliseconds of each of some calls, the first of which only warms up. */
async function timed(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const millis: number[] = [];
  for (let index = 0; index <= count; index += 1) {
    const begin = performance.now();
    await work(index);
    if (index > 0) millis.push(performance.now() - begin);
  }
  return millis.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function bytesOf(directory: string): number {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/transactions/.test(entry.parentPath))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function measure(args: readonly string[]): Promise<void> {
  const options = readHistoryOptions(args);
  if (options === null) {
    process.stdout.write(historyUsage);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'topolog-bench-'));
  undoing.push(() => rmSync(directory, { recursive: true, force: true }));
  const dataDir = join(directory, 'neo4j');
  say('starting Neo4j');
  const neo4j = await startNeo4j({ dataDir, pageCacheMb: 512, log: say });
  undoing.push(neo4j.stop);
  const driver = openDriver({ uri: neo4j.uri, user: 'neo4j', password: undefined });
  undoing.push(() => driver.close());
  const statements = loadStatements();
  const database = createDatabase({ driver, database: 'neo4j', statements });
  await database.applySchema();
  const settled = async () => {
    await driver.executeQuery('CALL db.checkpoint()').catch(() => {});
    return bytesOf(dataDir);
  };
  const { changes, bytesPerChange } = await writeHistory(driver, options, settled, say);

  const queries = createQueries(database, { now: () => nowMillis, maxDependencies: 1_000_000 });
  const repetitions = options.repetitions;
  const figures: Figure[] = [];
  const add = (what: string, value: string, target = '', isMet: boolean | null = null) =>
    figures.push({ what, value, target, isMet });
  const millis = (value: number) => `${value.toFixed(1)} ms`;

  say('reading the present');
  const current = quantile(await timed(repetitions, () => queries.graph(everything)), 0.5);
  const bare = quantile(
    await timed(repetitions, () =>
      driver.executeQuery(
        'MATCH (c:Service)-[d:DEPENDS_ON]->(s:Service) RETURN d.id AS id, c.id AS client, s.id AS server, d.state AS state, d.modes AS modes, d.criticality AS criticality, d.confidence AS confidence, d.conflicts AS conflicts, d.from.epochMillis AS fromMillis ORDER BY id',
      ),
    ),
    0.5,
  );
  add('the present, as the API reads it', millis(current));
  add('the present, beliefs alone, bare driver', millis(bare));
  for (const age of [0, 1, 30, 200, options.days - 1].filter((days) => days < options.days)) {
    say(`reading the graph of ${age} days ago`);
    const at = nowMillis - age * dayMillis;
    const found = quantile(await timed(repetitions, () => queries.graph(everything, at)), 0.5);
    const alone = quantile(
      await timed(repetitions, () =>
        driver.executeQuery(statements.get('query/graph-at')?.text ?? '', {
          at: neo4jDriver.DateTime.fromStandardDate(new Date(at)),
          limit: neo4jDriver.int(1_000_000),
          environments: null,
          teams: null,
        }),
      ),
      0.5,
    );
    const ratio = found / current;
    add(`as of ${age} days ago`, millis(found));
    add('  ÷ the present', ratio.toFixed(2), '≤ 1.2', ratio <= 1.2);
    add('  beliefs alone ÷ those of the present, bare driver', (alone / bare).toFixed(2));
  }

  say('comparing days and paging through changes');
  const diffs = createDiffQueries(database);
  const day = await timed(repetitions, (index) =>
    diffs.diff(
      everything,
      nowMillis - (index + 2) * dayMillis,
      nowMillis - (index + 1) * dayMillis,
      1000,
    ),
  );
  add('the difference of a day', millis(quantile(day, 0.5)));
  const feed = createChangeQueries(database);
  const page = async (what: string, after: number, limit: number, filter = {}) => {
    const all = await timed(repetitions, () => feed.changes(everything, after, limit, filter));
    add(what, millis(quantile(all, 0.5)));
  };
  await page('a page of 100 changes, the first', 0, 100);
  await page('a page of 1000 changes, the last', Math.max(0, changes - 1000), 1000);
  await page('a page of 100 changes, of the last day', 0, 100, {
    sinceMillis: nowMillis - dayMillis,
  });
  await page('a page of 100 changes, of one service', Math.max(0, changes - 20_000), 100, {
    service: 's1',
  });
  add(`bytes per change (${changes} changes)`, bytesPerChange.toFixed(0));

  say('following failures');
  const impacts = createImpactQueries(database);
  const radius = await timed(200, (index) =>
    impacts.blastRadius(everything, `i${(index * 37) % options.impactServices}`, 3, 10_000, null),
  );
  add('three hops, median', millis(quantile(radius, 0.5)));
  const p95 = quantile(radius, 0.95);
  add('three hops, 95 of 100', millis(p95), '< 100 ms', p95 < 100);

  if (options.json) process.stdout.write(`${JSON.stringify({ options, figures }, null, 2)}\n`);
  else process.stdout.write(tableOf(figures));
}

function tableOf(figures: readonly Figure[]): string {
  const widths = [0, 1].map((column) =>
    Math.max(...figures.map(({ what, value }) => [what, value][column]?.length ?? 0)),
  );
  const verdict = ({ target, isMet }: Figure) =>
    isMet === null ? '' : `   ${target} ${isMet ? 'met' : 'MISSED'}`;
  return figures
    .map(
      (one) =>
        `${one.what.padEnd(widths[0] ?? 0)}   ${one.value.padStart(widths[1] ?? 0)}${verdict(one)}\n`,
    )
    .join('');
}

try {
  await measure(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
} finally {
  for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) await undo();
}
