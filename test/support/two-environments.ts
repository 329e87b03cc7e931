import { normalize } from '../../src/domain/normalize.ts';
import { serviceId } from '../../src/domain/service.ts';
import { createWindowRecords } from '../../src/graph/windows.ts';
import { endpoint, fact } from '../domain/arbitraries.ts';
import { accountingOf, closingOf } from './accounting.ts';
import type { TestGraph } from './graph.ts';
import { tempo } from './readings.ts';
import { endOf, hour } from './story.ts';

function service(environment: string, name: string, team: string | null) {
  const id = serviceId({ environment, cluster: '', namespace: '', name }, 'service');
  return { id, environment, name, team };
}

const web = service('live', 'web', 'shop');
const cart = service('live', 'cart', 'shop');
const ledger = service('live', 'ledger', 'bank');
const rates = service('live', 'rates', null);
const labWeb = service('lab', 'web', 'shop');
const labLedger = service('lab', 'ledger', 'bank');
const vault = service('lab', 'vault', 'bank');

/** The services of two environments, some of teams; `web` and `ledger` are in both. */
export const services = [web, cart, ledger, rates, labWeb, labLedger, vault];

/** Who calls whom, by ids; some calls cross environments, and the last is made from hour 1 on. */
export const calls: readonly (readonly [string, string])[] = [
  [web.id, cart.id],
  [cart.id, ledger.id],
  [ledger.id, rates.id],
  [web.id, rates.id],
  [web.id, labWeb.id],
  [labWeb.id, labLedger.id],
  [labLedger.id, vault.id],
  [vault.id, web.id],
  [labLedger.id, cart.id],
];

export const pairOf = ([client, server]: readonly [string, string]) => `${client}~~${server}`;

/** Stands for `ledger`; there never was a service of that id, so no team had it. */
export const aliasOfLedger = 'live:::old-ledger';

/** Writes the hours 0 and 1 of these services into a graph, with an alias of `ledger`. */
export async function tellTwoEnvironments(graph: TestGraph): Promise<void> {
  const windows = createWindowRecords(graph.database, 100);
  const endpointOf = (id: string) => {
    const { environment = '', name = '' } = services.find((one) => one.id === id) ?? {};
    return { ...endpoint(name), environment };
  };
  for (const index of [0, 1]) {
    const seen = calls.slice(0, calls.length - 1 + index);
    const facts = seen.map(([client, server]) =>
      fact({ client: endpointOf(client), server: endpointOf(server), value: 3600 }),
    );
    const window = { startMillis: endOf(index) - hour, endMillis: endOf(index) };
    const key = { source: 'shop', run: 'run-1', window, late: false };
    await windows.write({ ...key, reading: tempo }, normalize(facts).observations, () => {});
    await windows.close(key, accountingOf('complete'), closingOf(false));
  }
  await graph.cypher(
    `UNWIND $services AS row MATCH (s:Service {id: row.id}) SET s.team = row.team`,
    { services },
  );
  await graph.cypher(
    `MATCH (s:Service {id: $id}) CREATE (:Alias {id: $alias})-[:STANDS_FOR]->(s)`,
    { id: ledger.id, alias: aliasOfLedger },
  );
}
