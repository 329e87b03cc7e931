import type { KnownServices } from './known-services.ts';
import type { PairFact } from './observation.ts';
import { type PairTable, serverOf } from './pair-table.ts';
import { numberOfKind, type ServiceKind } from './service.ts';

/** What is known of a service beside the values at hand, by its id. */
export type KnownKind = (id: string) => ServiceKind | undefined;

/** The values whose pair has a side that was inferred, and do not say which. */
export interface OpenSides {
  /** Keeps a value until all are there. */
  hold(fact: PairFact): void;
  /** The services whose kinds would help to decide and that the other values say nothing of. */
  questions(): string[];
  /** Hands out what was held, with the side that was inferred. */
  settle(take: (fact: PairFact) => void): void;
}

/**
 * Decides who was inferred of a client called `user` and its server, by who has spans of its own:
 * whoever calls, sends, or is called as anything but a database.
 *
 * Where the server has some, the client is the caller that nobody saw. Where only the client has
 * some, it is a service of that name, and the server is outside. Where neither has, the name
 * decides. A series that did not move counts here: it tells that somebody had spans, and whom a
 * name stands for must not change with every quiet window.
 */
export function createOpenSides(
  services: KnownServices,
  pairs: PairTable,
  knownKind: KnownKind,
): OpenSides {
  let held: PairFact[] = [];

  /** The numbers of the services that other values show to have spans. */
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
      for (const { client, server } of held) {
        const called = services.of(server, 'service');
        if (shown.has(called.index)) continue;
        for (const { index, problem } of [called, services.of(client, 'service')]) {
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
      const settled = held.map((fact): PairFact => {
        const isService = hasSpans(services.of(fact.client, 'service').index);
        const isOutside = !hasSpans(services.of(fact.server, 'service').index);
        return { ...fact, virtualSide: isService && isOutside ? 'server' : 'client' };
      });
      held = [];
      for (const fact of settled) take(fact);
    },
  };
}
