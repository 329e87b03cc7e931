import { type CounterLabels, nameLabelOf } from './counter-labels.ts';
import { anyOf } from './series.ts';

type Labels = Readonly<Record<string, string>>;

/** What a question about some series by their names may hold. */
const maxSeries = 400;
const maxCharacters = 6000;

/** Matchers that select some series, and others of the same clients and servers. */
export interface Box<T> {
  readonly matchers: readonly string[];
  readonly members: readonly T[];
}

/**
 * Puts series into boxes: a box selects all clients and all servers of its members.
 *
 * Members of one client stay together, so that a box selects few strangers.
 */
export function boxesOf<T>(
  members: readonly T[],
  labels: CounterLabels,
  labelsOf: (member: T) => Labels,
): Box<T>[] {
  const [clientLabel, serverLabel] = [nameLabelOf(labels, 'client'), nameLabelOf(labels, 'server')];
  const named = members.map((member) => ({
    member,
    client: labelsOf(member)[clientLabel] ?? '',
    server: labelsOf(member)[serverLabel] ?? '',
  }));
  named.sort((a, b) => compare(a.client, b.client) || compare(a.server, b.server));
  const boxes: Box<T>[] = [];
  let open: typeof named = [];
  let [clients, servers] = [new Set<string>(), new Set<string>()];
  let characters = 0;
  const close = () => {
    if (open.length === 0) return;
    const matchers = [anyOf(clientLabel, [...clients]), anyOf(serverLabel, [...servers])];
    boxes.push({ matchers, members: open.map(({ member }) => member) });
    open = [];
    [clients, servers] = [new Set(), new Set()];
    characters = 0;
  };
  for (const one of named) {
    const longer = one.client.length + one.server.length + 2;
    if (open.length >= maxSeries || characters + longer > maxCharacters) close();
    open.push(one);
    if (!clients.has(one.client)) characters += one.client.length + 1;
    if (!servers.has(one.server)) characters += one.server.length + 1;
    clients.add(one.client);
    servers.add(one.server);
  }
  close();
  return boxes;
}

/** Matchers of some label sets that hold the same labels: each label has one of the values. */
export function matchersOfLabels(sets: readonly Labels[]): string[] {
  const names = [...new Set(sets.flatMap((one) => Object.keys(one)))].sort();
  return names.map((name) => anyOf(name, [...new Set(sets.map((one) => one[name] ?? ''))]));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
