import type { KnownServices } from './known-services.ts';
import type { PairFact } from './observation.ts';
import { isCalledUser } from './pair-kinds.ts';
import { type PairTable, serverOf } from './pair-table.ts';
import { numberOfKind, type ServiceKind } from './service.ts';

/** What was known of a service before the window, by its id. */
export type KnownKind = (id: string) => ServiceKind | undefined;

/** The values of pairs one side of which was inferred, where the source does not say which. */
export interface OpenSides {
  /** Keeps a value until all are there. */
  hold(fact: PairFact): void;
  /** The services whose kinds, known from before, would help to decide. */
  questions(): string[];
  /** Hands out what was held, with the side that was inferred. */
  settle(take: (fact: PairFact) => void): void;
}

/**
 * Decides which side of a pair was inferred by who has spans of their own: the window shows it of
 * whoever calls, sends, or is called as anything but a database, and the graph knows it from before.
 *
 * Every producer writes the names of those whose spans it saw, and calls a caller it did not see
 * `user`. So a client of another name is inferred only where it has no spans and the server has;
 * a client called `user` unless it has spans and the server has none. The order of values does not
 * matter: those of other names come first, by what other pairs show, and then show something too.
 * A series that did not move counts here: it tells that somebody had spans, and who a name stands
 * for must not change with every window.
 */
export function createOpenSides(
  services: KnownServices,
  pairs: PairTable,
  knownKind: KnownKind,
): OpenSides {
  let held: PairFact[] = [];

  const clientOf = ({ client }: PairFact) => services.of(client, 'service');
  const calledOf = ({ server }: PairFact) => services.of(server, 'service');

  /** The numbers of the services that other pairs show to have spans. */
  function withSpans(): Set<number> {
    const { client, callee, clientKind, serverKind } = pairs.columns;
    const found = new Set<number>();
    for (let row = 0; row < pairs.size; row += 1) {
      if (clientKind[row] === numberOfKind.service) found.add(client[row] ?? 0);
      if (serverKind[row] === numberOfKind.service) found.add(serverOf(callee[row] ?? 0));
    }
    return found;
  }

  return {
    hold(fact) {
      held.push(fact);
    },
    questions() {
      if (held.length === 0) return [];
      const shown = withSpans();
      const ids = new Set<string>();
      for (const fact of held) {
        const [client, called] = [clientOf(fact), calledOf(fact)];
        // Who calls is nearly always shown; then nothing else is asked about its many callees.
        if (shown.has(client.index) && !isCalledUser(fact)) continue;
        for (const { index, problem } of [client, called]) {
          if (problem === null && !shown.has(index)) ids.add(services.numbered(index).id);
        }
      }
      return [...ids].sort();
    },
    settle(take) {
      if (held.length === 0) return;
      const shown = withSpans();
      const hasSpans = (index: number) =>
        shown.has(index) || knownKind(services.numbered(index).id) === 'service';

      const [users, others] = [held.filter(isCalledUser), held.filter((one) => !isCalledUser(one))];
      held = [];
      const settledOthers = others.map((fact): PairFact => {
        // Whom a producer could not name it calls `unknown`, and that is always the callee.
        const isClient =
          fact.server.name !== 'unknown' &&
          !hasSpans(clientOf(fact).index) &&
          hasSpans(calledOf(fact).index);
        return { ...fact, virtualSide: isClient ? 'client' : 'server' };
      });
      for (const fact of settledOthers) {
        shown.add(fact.virtualSide === 'client' ? calledOf(fact).index : clientOf(fact).index);
      }
      const settledUsers = users.map((fact): PairFact => {
        const isServer = hasSpans(clientOf(fact).index) && !hasSpans(calledOf(fact).index);
        return { ...fact, virtualSide: isServer ? 'server' : 'client' };
      });
      for (const fact of settledOthers) take(fact);
      for (const fact of settledUsers) take(fact);
    },
  };
}
