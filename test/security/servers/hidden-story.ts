import { normalize } from '../../../src/domain/normalize.ts';
import { serviceId } from '../../../src/domain/service.ts';
import { createAliasRecords } from '../../../src/graph/aliases.ts';
import { createServiceRecords } from '../../../src/graph/service-records.ts';
import { fact } from '../../domain/arbitraries.ts';
import { accountingOf, closingOf } from '../../support/accounting.ts';
import type { TestGraph } from '../../support/graph.ts';
import { tempo } from '../../support/readings.ts';
import { emptied, endOf, hour, storyOf } from '../../support/story.ts';

const source = 'shop';
/** The last hour that was read. */
const lastHour = 7;
/** When all is asked. */
export const now = endOf(lastHour) + 60_000;

function service(environment: string, name: string, team: string, namespace = '') {
  const place = { environment, cluster: '', namespace, name };
  return { ...place, id: serviceId(place, 'service'), team };
}
type Service = ReturnType<typeof service>;

const web = service('live', 'web', 'shop');
const blueWeb = service('live', 'web', 'shop', 'blue');
const shopfront = service('live', 'shopfront', 'shop');
const cart = service('live', 'cart', 'shop');
const ledger = service('live', 'ledger', 'shop');
const mail = service('live', 'mail', 'shop');
const labWeb = service('lab', 'web', 'bank');
const old = service('lab', 'old', 'bank');
const vault = service('lab', 'vault', 'bank');
const rates = service('lab', 'rates', 'bank');
const all = [web, blueWeb, shopfront, cart, ledger, mail, labWeb, old, vault, rates];

type Call = readonly [client: Service, server: Service, connectionType: string, perHour: number];

const visibleCalls: readonly Call[] = [
  [web, cart, '', 3600],
  [blueWeb, cart, '', 1800],
  [cart, ledger, 'virtual_node', 7200],
  [cart, mail, 'messaging_system', 360],
];
const hiddenCalls: readonly Call[] = [
  [labWeb, vault, '', 3600],
  [old, vault, '', 60],
  [vault, cart, '', 600],
  [web, labWeb, '', 5400],
];

const shownId = ([client, server]: readonly Service[]) => `${client?.id}~~${server?.id}`;

/** Ids and names to ask about: of what is seen, of what is hidden now or later, and of nothing. */
export const words = [
  web.id,
  ...[shopfront, labWeb, old, vault, rates].map(({ id }) => id),
  ...[web, vault, rates].map(({ name }) => name),
  'lab:::ghost',
  'ghost',
  'live:::nobody',
];
/** The same of dependencies. */
export const pairs = [
  shownId([web, cart]),
  shownId([cart, mail]),
  ...[...hiddenCalls, [labWeb, rates] as const].map(([client, server]) =>
    shownId([client, server]),
  ),
  'live:::web~~live:::nobody',
];
export const aliasOfWeb = shopfront.id;
/** The dependency of the change that all see. */
export const seenByAll = shownId([blueWeb, mail]);

/** What only somebody who sees all may read. */
export const hiddenText = /lab:|vault|ghost/;

/** A graph with two environments and two teams, of which one of each is hidden from some keys. */
export function hiddenStoryOf(graph: TestGraph) {
  const { windows, pass } = storyOf(graph);
  const aliases = createAliasRecords(graph.database, 100);

  /** Writes calls of an hour that was or will be closed by itself. */
  async function write(index: number, calls: readonly Call[]) {
    const { version } = await aliases.read();
    const facts = calls.map(([client, server, connectionType, value]) =>
      fact({
        client: placeOf(client),
        server: placeOf(server),
        connectionType,
        virtualSide: connectionType === 'virtual_node' ? 'server' : null,
        value,
      }),
    );
    await windows.write(
      { ...keyOf(index), reading: tempo, aliasVersion: version, late: index <= lastHour },
      normalize(facts).observations,
      () => {},
    );
    await graph.cypher('UNWIND $all AS row MATCH (s:Service {id: row.id}) SET s.team = row.team', {
      all,
    });
  }
  const make = (alias: string, { id }: Service) => aliases.make(alias, id, now, () => {});

  return {
    /** The beginning: what is seen until now, and what is hidden and was seen once. */
    async begin(): Promise<void> {
      await emptied(graph);
      for (let index = 0; index <= lastHour; index += 1) {
        const once: Call[] = index === 0 ? [[shopfront, cart, '', 60], ...hiddenCalls] : [];
        await write(index, [...visibleCalls, ...once]);
        await windows.close(keyOf(index), accountingOf('complete'), closingOf(false));
      }
      await make(aliasOfWeb, web);
    },
    /** What can happen to what is hidden, one after the other; nothing of it is of what is seen. */
    steps: [
      {
        what: 'there is more of it',
        happen: () =>
          write(1, [
            [labWeb, rates, '', 60],
            [rates, cart, '', 60],
            [mail, rates, 'messaging_system', 60],
          ]),
      },
      {
        what: 'its kinds, modes and traffic change',
        happen: () =>
          write(2, [
            [labWeb, vault, 'messaging_system', 9000],
            [labWeb, rates, 'database', 1],
            [web, labWeb, '', 1],
          ]),
      },
      {
        what: 'its ids stand for others',
        async happen() {
          await make(old.id, web);
          await make(rates.id, vault);
          await make('lab:::ghost', cart);
          await make('ghost', cart);
        },
      },
      {
        what: 'it is stale',
        happen: () =>
          pass(lastHour, { limits: { staleMillis: 3 * hour, removeMillis: 99 * hour } }),
      },
      {
        what: 'it is removed',
        happen: () => pass(lastHour, { limits: { staleMillis: 3 * hour, removeMillis: hour } }),
      },
      {
        what: 'it is deleted',
        happen: () =>
          createServiceRecords(graph.database, 100).delete([labWeb.id, old.id], now, () => {}),
      },
    ],
    /** Something that is seen, after all of it. */
    visibleChange: () => write(lastHour, [[blueWeb, mail, '', 60]]),
    /** What is hidden shows of what is seen that `ledger` is a database, and that there is `bare`. */
    byDesign: () =>
      write(3, [
        [labWeb, ledger, 'database', 60],
        [labWeb, service('live', 'bare', 'shop'), '', 60],
      ]),
  };
}

function placeOf({ environment, cluster, namespace, name }: Service) {
  return { environment, cluster, namespace, name };
}

function keyOf(index: number) {
  const window = { startMillis: endOf(index) - hour, endMillis: endOf(index) };
  return { source, run: 'run-1', window };
}
