import type { Driver } from 'neo4j-driver';

/** What a graph holds, in numbers that two equal graphs share. */
export interface GraphSummary {
  readonly services: number;
  readonly observed: number;
  readonly dependencies: number;
  readonly impacts: number;
  readonly changes: number;
  readonly requestsPerSecond: number;
  readonly lastSeenAtMillis: number;
}

/** Empties the graph but for the schema and the node that the write lane locks. */
export async function emptyGraph(driver: Driver): Promise<void> {
  const session = driver.session({ database: 'neo4j' });
  try {
    // Not in a managed transaction: the statement commits by itself.
    for (const text of [
      'MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 5000 ROWS',
      'MATCH (n) WHERE NOT n:Graph CALL (n) { DELETE n } IN TRANSACTIONS OF 5000 ROWS',
      'MATCH (g:Graph) SET g.sequence = 0',
    ]) {
      await session.run(text);
    }
  } finally {
    await session.close();
  }
}

export async function summarize(driver: Driver): Promise<GraphSummary> {
  const { records } = await driver.executeQuery(
    `MATCH (s:Service) WITH count(s) AS services
     MATCH ()-[d:DEPENDS_ON]->() WITH services, count(d) AS dependencies
     OPTIONAL MATCH ()-[i:IMPACTS]->() WITH services, dependencies, count(i) AS impacts
     OPTIONAL MATCH (c:Change) WITH services, dependencies, impacts, count(c) AS changes
     MATCH ()-[o:OBSERVED]->()
     RETURN services, dependencies, impacts, changes, count(o) AS observed,
            round(sum(o.requestsPerSecond), 3) AS requestsPerSecond,
            max(o.lastSeenAt).epochMillis AS lastSeenAtMillis`,
    {},
    { database: 'neo4j' },
  );
  if (records[0] === undefined) throw new Error('The graph is empty after a run.');
  return records[0].toObject() as GraphSummary;
}

/** @throws Error when the two sides did not write the same: their times could not be compared. */
export function requireEqual(ours: GraphSummary, bare: GraphSummary): void {
  const [one, other] = [ours, bare].map((summary) => JSON.stringify(summary, Object.keys(ours)));
  if (one === other) return;
  throw new Error(`The two sides wrote different graphs: ${one} and ${other}.`);
}
