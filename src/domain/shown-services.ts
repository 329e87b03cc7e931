import { type KnownServices, strengthen } from './known-services.ts';
import { type PairTable, serverOf } from './pair-table.ts';
import { serviceKinds } from './service.ts';

const [inNone, inIdle, inSeen] = [0, 1, 2];

/**
 * Which services are in observations, and the strongest kind that was said of each.
 *
 * A pair that was not seen is no evidence. It says what its own services are only where nothing else
 * does; otherwise a service's kind would depend on what else the same window, or shard, happens to hold.
 */
export function createShown(services: KnownServices, { columns }: PairTable) {
  /** By the numbers of services. */
  const marks = new Uint8Array(services.all.length);
  /** The rows of pairs that were not seen. */
  const idle: number[] = [];
  const clientOf = (row: number) => columns.client[row] ?? 0;
  const calledOf = (row: number) => serverOf(columns.callee[row] ?? 0);

  function mark(index: number, as: number): void {
    marks[index] = Math.max(marks[index] ?? 0, as);
  }

  function takeKind(index: number, kind: number | undefined): void {
    strengthen(services.numbered(index), serviceKinds[kind ?? 0] ?? 'unknown');
  }

  return {
    has: (index: number) => marks[index] !== inNone,
    add(row: number, isPairSeen: boolean): void {
      const [client, server] = [clientOf(row), calledOf(row)];
      mark(client, isPairSeen ? inSeen : inIdle);
      mark(server, isPairSeen ? inSeen : inIdle);
      if (!isPairSeen) {
        idle.push(row);
        return;
      }
      takeKind(client, columns.clientKind[row]);
      takeKind(server, columns.serverKind[row]);
    },
    takeKindsOfIdle(): void {
      for (const row of idle) {
        const [client, server] = [clientOf(row), calledOf(row)];
        if (marks[client] !== inSeen) takeKind(client, columns.clientKind[row]);
        if (marks[server] !== inSeen) takeKind(server, columns.serverKind[row]);
      }
    },
  };
}
