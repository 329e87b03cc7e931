import type { Driver } from 'neo4j-driver';
import { createRandom } from '../exporter/random.ts';
import type { HistoryOptions } from './history-options.ts';

export const dayMillis = 86_400_000;
/** The same in every run. */
export const nowMillis = Date.UTC(2026, 0, 1);

const batchRows = 5000;
const belief = `state: 'active', modes: ['sync'], criticality: 'hard', confidence: 'medium', conflicts: []`;

/** What was written: how many changes, and what one takes in the store. */
export interface WrittenHistory {
  readonly changes: number;
  readonly bytesPerChange: number;
}

interface Life {
  readonly id: string;
  readonly client: string;
  readonly server: string;
  readonly from: number;
  /** `null` of what is there now. */
  readonly to: number | null;
}

/** Writes the lives of dependencies, of which each day ends some and begins as many, and their changes. */
export async function writeHistory(
  driver: Driver,
  options: HistoryOptions,
  bytes: () => Promise<number>,
  say: (line: string) => void,
): Promise<WrittenHistory> {
  const { services, impactServices } = options;
  const write = async (text: string, rows: readonly object[], what: string) => {
    for (let begin = 0; begin < rows.length; begin += batchRows) {
      await driver.executeQuery(text, { rows: rows.slice(begin, begin + batchRows) });
      if (begin % (batchRows * 20) === 0 && begin > 0) say(`${begin} of ${rows.length} ${what}`);
    }
  };
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}` }));
  await write(
    `UNWIND $rows AS row
     CREATE (:Service {id: row.id, environment: '', cluster: '', namespace: '', name: row.id, kind: 'service', virtual: false, firstSeenAt: datetime({epochMillis: 0}), from: datetime({epochMillis: 0})})`,
    [...named('s', services), ...named('i', impactServices)],
    'services',
  );
  await driver.executeQuery(
    `MERGE (s:Source {id: 'shop'}) SET s.frontier = datetime({epochMillis: toInteger($now)})`,
    { now: nowMillis },
  );

  const lives = livesOf(options);
  say(`${lives.length} dependencies, of which ${options.dependencies} are there now`);
  const isPresent = ({ to }: Life) => to === null;
  await write(
    `UNWIND $rows AS row
     MATCH (client:Service {id: row.client})
     MATCH (server:Service {id: row.server})
     CREATE (client)-[:DEPENDS_ON {id: row.id, ${belief}, from: datetime({epochMillis: toInteger(row.from)}), to: datetime('9999-12-31T00:00:00Z')}]->(server)
     CREATE (client)-[:OBSERVED {id: 'shop|tempo|sync|' + row.id, source: 'shop', dialect: 'tempo', mode: 'sync', connectionTypes: [''], firstSeenAt: datetime({epochMillis: toInteger(row.from)}), lastSeenAt: datetime({epochMillis: $now}), windowEnd: datetime({epochMillis: $now}), requestsPerSecond: 1.5, errorRatio: 0.01}]->(server)`.replaceAll(
      '$now',
      String(nowMillis),
    ),
    lives.filter(isPresent),
    'present dependencies',
  );
  await write(
    `UNWIND $rows AS row
     MATCH (client:Service {id: row.client})
     MATCH (server:Service {id: row.server})
     CREATE (client)-[:DEPENDED_ON {id: row.id + '@', dependency: row.id, ${belief}, from: datetime({epochMillis: toInteger(row.from)}), to: datetime({epochMillis: toInteger(row.to)})}]->(server)`,
    lives.filter((life) => !isPresent(life)),
    'past dependencies',
  );

  const changes = changesOf(lives);
  const before = await bytes();
  await write(
    `UNWIND $rows AS row
     CREATE (:Change {sequence: toInteger(row.sequence), at: datetime({epochMillis: toInteger(row.at)}), recordedAt: datetime({epochMillis: toInteger(row.at)}), type: row.type, context: 'live', subject: row.id, run: '01985c1e-7a0f-7cc0-a9a4-6f1d2a3b4c5d', source: 'shop', windowEnd: datetime({epochMillis: toInteger(row.at)}), client: row.client, server: row.server, clientEnvironment: '', serverEnvironment: '', ${belief}})`,
    changes,
    'changes',
  );
  const after = await bytes();
  await driver.executeQuery(`MATCH (g:Graph {id: 'graph'}) SET g.sequence = toInteger($count)`, {
    count: changes.length,
  });
  await write(
    `UNWIND $rows AS row
     MATCH (a:Service {id: row.from})
     MATCH (b:Service {id: row.to})
     CREATE (a)-[:IMPACTS {id: row.id, mode: 'sync', severity: 'down'}]->(b)`,
    impactsOf(options),
    'impacts',
  );
  await driver.executeQuery('CALL db.awaitIndexes(300)');
  return { changes: changes.length, bytesPerChange: (after - before) / changes.length };
}

function livesOf({ services, dependencies, days, churn }: HistoryOptions): Life[] {
  const random = createRandom(1);
  const begin = nowMillis - days * dayMillis;
  const taken = new Set<string>();
  const born = (from: number): Life => {
    for (;;) {
      const [client, server] = [random(), random() ** 2].map(
        (share) => `s${Math.floor(share * services)}`,
      );
      const id = `${client}~~${server}`;
      if (client === server || client === undefined || server === undefined || taken.has(id)) {
        continue;
      }
      taken.add(id);
      return { id, client, server, from, to: null };
    }
  };
  const present: Life[] = Array.from({ length: dependencies }, () => born(begin));
  const past: Life[] = [];
  for (let day = 1; day < days; day += 1) {
    const at = begin + day * dayMillis;
    for (let count = Math.round(dependencies * churn); count > 0; count -= 1) {
      const index = Math.floor(random() * present.length);
      const life = present[index];
      if (life === undefined) continue;
      past.push({ ...life, to: at });
      present[index] = born(at);
    }
  }
  return [...past, ...present];
}

function changesOf(lives: readonly Life[]): object[] {
  const events = lives.flatMap(({ id, client, server, from, to }) => [
    { type: 'dependency.discovered', id, client, server, at: from },
    ...(to === null ? [] : [{ type: 'dependency.removed', id, client, server, at: to }]),
  ]);
  return events
    .sort((a, b) => a.at - b.at)
    .map((event, index) => ({ ...event, sequence: index + 1 }));
}

/** A system with hubs: a mean of four links a service, most of them to few. */
function impactsOf({ impactServices }: HistoryOptions): object[] {
  const random = createRandom(2);
  const links = new Map<string, object>();
  while (links.size < impactServices * 4) {
    const from = `i${Math.floor(random() ** 3 * impactServices)}`;
    const to = `i${Math.floor(random() * impactServices)}`;
    if (from !== to) links.set(`${to}~~${from}|sync`, { id: `${to}~~${from}|sync`, from, to });
  }
  return [...links.values()];
}
