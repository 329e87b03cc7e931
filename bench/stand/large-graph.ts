import type { Driver } from 'neo4j-driver';

export interface LargeGraph {
  readonly services: number;
  /** At most `services - 1` for each service; each has its evidence. */
  readonly dependencies: number;
}

const perTransaction = 2000;

/** Writes a graph of one window of one source into one that has only its schema. */
export async function writeLargeGraph(
  driver: Driver,
  { services, dependencies }: LargeGraph,
): Promise<void> {
  const perService = Math.ceil(dependencies / services);
  if (perService >= services) throw new Error('A graph so dense has no room for so many.');
  const run = (text: string, params: object) =>
    driver.executeQuery(text, params, { database: 'neo4j' });
  const seenAt = '2026-03-01T12:15:00Z';
  await run(
    `UNWIND range(0, toInteger($services) - 1) AS i
     CREATE (:Service {
       id: 'shop:service-' + i, environment: '', cluster: '', namespace: 'shop',
       name: 'service-' + i, kind: 'service', virtual: false,
       firstSeenAt: datetime($seenAt), from: datetime($seenAt)
     })`,
    { services, seenAt },
  );
  await run(
    `MERGE (s:Source {id: 'large'})
     SET s.frontier = datetime($seenAt), s.lastCompleteWindowEnd = datetime($seenAt), s.looked = []`,
    { seenAt },
  );
  for (let begin = 0; begin < dependencies; begin += perTransaction) {
    const end = Math.min(dependencies, begin + perTransaction) - 1;
    await run(
      `UNWIND range(toInteger($begin), toInteger($end)) AS i
       WITH i, i % toInteger($services) AS from, 1 + i / toInteger($services) AS step
       MATCH (client:Service {id: 'shop:service-' + from})
       USING INDEX client:Service(id)
       MATCH (server:Service {id: 'shop:service-' + (from + step) % toInteger($services)})
       USING INDEX server:Service(id)
       WITH i, client, server, client.id + '~~' + server.id AS id
       CREATE (client)-[:DEPENDS_ON {
         id: id, state: 'active', modes: ['sync'], criticality: 'hard', confidence: 'medium',
         conflicts: [], from: datetime($seenAt), to: datetime('9999-12-31T00:00:00Z')
       }]->(server)
       CREATE (client)-[:OBSERVED {
         id: 'large|tempo|sync|' + id, source: 'large', dialect: 'tempo', mode: 'sync', connectionTypes: [''],
         firstSeenAt: datetime($seenAt), lastSeenAt: datetime($seenAt),
         lastTrafficAt: datetime($seenAt), windowEnd: datetime($seenAt),
         requestsPerSecond: (i * 7919 % 10007) / 13.0, errorRatio: (i % 97) / 970.0,
         serverLatencyP95Seconds: (i % 389) / 1000.0, clientLatencyP95Seconds: (i % 401) / 1000.0
       }]->(server)`,
      { begin, end, services, seenAt },
    );
  }
}
