import { isOverflowFact } from '../domain/normalize.ts';
import type { Endpoint, PairFact } from '../domain/observation.ts';
import { isSideOpen } from '../domain/pair-kinds.ts';
import type { Side } from '../domain/relabel.ts';
import type { Dialect } from './dialect.ts';
import type { Source } from './source.ts';

/**
 * A value as the source's rules rename its pair; `null` where a rule drops either side.
 *
 * Who is a virtual node is settled by the names the producer gave. What overflowed is of no pair,
 * so no rule is asked about it.
 */
export function relabelFact({ relabelling }: Source, fact: PairFact): PairFact | null {
  if (relabelling === undefined || isOverflowFact(fact)) return fact;
  const client = relabelling.apply('client', fact.client);
  const server = relabelling.apply('server', fact.server);
  if ('droppedBy' in client || 'droppedBy' in server) return null;
  const renamed = { ...fact, client: client.endpoint, server: server.endpoint };
  if (fact.connectionType !== 'virtual_node' || fact.virtualSide !== null) return renamed;
  return isSideOpen(fact)
    ? { ...renamed, calledUser: true }
    : { ...renamed, virtualSide: 'server' };
}

/**
 * What the labels of a sample come to on one side, rules applied; `null` where a rule drops it.
 *
 * The other side's labels need not be there.
 */
export function relabelledEndpoint(
  source: Source,
  dialect: Dialect,
  side: Side,
  labels: Readonly<Record<string, string>>,
): Endpoint | null {
  const endpoint = dialect.read(source, 'requests', { labels, value: 1 })[side];
  const result = source.relabelling?.apply(side, endpoint) ?? { endpoint };
  return 'endpoint' in result ? result.endpoint : null;
}
