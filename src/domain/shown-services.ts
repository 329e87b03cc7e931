import { type KnownServices, strengthen } from './known-services.ts';
import { type PairTable, serverOf } from './pair-table.ts';
import { kindNumbered, numberOfKind, numberOfStronger, type ObservedService } from './service.ts';

const [inNone, inIdle, inSeen] = [0, 1, 2];

/**
 * Which services are in observations, and the strongest kind that was said of each.
 *
 * A pair that was not seen is no evidence. It says what its own services are only where nothing else
 * does; otherwise a service's kind would depend on what else the same window, or shard, happens to hold.
 */
export function createShown(services: KnownServices, { columns }: PairTable) {
  // Both by the numbers of services, and no more than numbers: the services of so many pairs lie all
  // over the memory, and each visit costs.
  const marks = new Uint8Array(services.all.length);
  const kinds = Uint8Array.from(services.all, ({ service }) => numberOfKind[service.kind]);
  const rows: number[] = [];
  const idle: number[] = [];
  const clientOf = (row: number) => columns.client[row] ?? 0;
  const calledOf = (row: number) => serverOf(columns.callee[row] ?? 0);

  function mark(index: number, as: number): void {
    if ((marks[index] ?? 0) < as) marks[index] = as;
  }

  function takeKind(index: number, kind: number | undefined): void {
    kinds[index] = numberOfStronger(kinds[index], kind);
  }

  return {
    add(row: number, isPairSeen: boolean): void {
      const [client, server] = [clientOf(row), calledOf(row)];
      rows.push(row);
      mark(client, isPairSeen ? inSeen : inIdle);
      mark(server, isPairSeen ? inSeen : inIdle);
      if (!isPairSeen) {
        idle.push(row);
        return;
      }
      takeKind(client, columns.clientKind[row]);
      takeKind(server, columns.serverKind[row]);
    },
    has: (index: number) => marks[index] !== inNone,
    /** Gives the services the kinds that were said, when all pairs have been added. */
    settleKinds(): void {
      for (const row of idle) {
        const [client, server] = [clientOf(row), calledOf(row)];
        if (marks[client] !== inSeen) takeKind(client, columns.clientKind[row]);
        if (marks[server] !== inSeen) takeKind(server, columns.serverKind[row]);
      }
      for (const [index, mark] of marks.entries()) {
        if (mark !== inNone) strengthen(services.numbered(index), kindNumbered(kinds[index]));
      }
    },
    /** Tells of each pair what is asked about services, as bits: those of both its sides. */
    eachPair(bitsOf: (service: ObservedService) => number, tell: (bits: number) => void): void {
      const bits = Uint8Array.from(services.all, ({ service }) => bitsOf(service));
      for (const row of rows) tell((bits[clientOf(row)] ?? 0) | (bits[calledOf(row)] ?? 0));
    },
  };
}
