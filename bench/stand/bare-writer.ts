import neo4j, { type Driver } from 'neo4j-driver';
import type { BareRows } from './bare-rows.ts';
import { sourceId } from './product.ts';

/** The least that can be sent for these rows: no lane, no comparison, no history, no accounting. */
const services = `
  UNWIND $rows AS row
  MERGE (s:Service {id: row.id})
  ON CREATE SET s.firstSeenAt = $at
  SET s += row`;
const observed = `
  UNWIND $rows AS row
  MATCH (client:Service {id: row.clientId})
  MATCH (server:Service {id: row.serverId})
  MERGE (client)-[o:OBSERVED {id: row.id}]->(server)
  ON CREATE SET o.firstSeenAt = $at, o.source = $source, o.dialect = row.dialect, o.mode = row.mode
  SET
    o.digest = row.digest,
    o.connectionTypes = row.connectionTypes,
    o.requestsPerSecond = row.requestsPerSecond,
    o.errorRatio = row.errorRatio,
    o.lastSeenAt = $at,
    o.lastTrafficAt = $at,
    o.windowEnd = $at`;
const beliefs = `
  UNWIND $rows AS row
  MATCH (client:Service {id: row.clientId})
  MATCH (server:Service {id: row.serverId})
  MERGE (client)-[d:DEPENDS_ON {id: row.id}]->(server)
  ON CREATE SET d.from = $at
  SET
    d.state = 'active',
    d.modes = row.modes,
    d.criticality = 'hard',
    d.confidence = 'medium',
    d.conflicts = [],
    d.to = $to`;
const impacts = `
  UNWIND $rows AS row
  MATCH (client:Service {id: row.clientId})
  MATCH (server:Service {id: row.serverId})
  MERGE (server)-[i:IMPACTS {id: row.id}]->(client)
  SET i.mode = row.mode, i.severity = 'down'`;
const changes = `
  UNWIND $rows AS row
  CREATE (c:Change)
  SET c = row, c.at = $at, c.recordedAt = $at, c.windowEnd = $at, c.source = $source`;

/** Writes rows with the bare driver, in batches of the product's size; returns the seconds it took. */
export async function writeBare(
  driver: Driver,
  rows: BareRows,
  batchRows: number,
): Promise<number> {
  const at = neo4j.DateTime.fromStandardDate(new Date(rows.endMillis));
  const to = neo4j.DateTime.fromStandardDate(new Date('9999-12-31T00:00:00Z'));
  const session = driver.session({ database: 'neo4j' });
  const write = async (text: string, all: readonly object[], more: object) => {
    for (let begin = 0; begin < all.length; begin += batchRows) {
      const params = { rows: all.slice(begin, begin + batchRows), ...more };
      await session.executeWrite((transaction) => transaction.run(text, params));
    }
  };
  const startedAt = performance.now();
  try {
    await write(services, rows.services, { at });
    await write(observed, rows.observed, { at, source: sourceId });
    await write(beliefs, rows.beliefs, { at, to });
    await write(impacts, rows.impacts, {});
    await write(changes, rows.changes, { at, source: sourceId });
  } finally {
    await session.close();
  }
  return (performance.now() - startedAt) / 1000;
}
