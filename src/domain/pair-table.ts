/** How many pairs there is room for at first; the room doubles when it is full. */
const firstRoom = 256;

/** What is kept of each pair, by row. */
const columnsFor = (room: number) => ({
  /** The number of the client. */
  client: new Uint32Array(room),
  /** The number of the server and the mode in one, as `calleeOf` puts them together. */
  callee: new Uint32Array(room),
  requests: new Float64Array(room),
  failedRequests: new Float64Array(room),
  /** 1 where the values said so. */
  counted: new Uint8Array(room),
  listed: new Uint8Array(room),
  used: new Uint8Array(room),
  uncounted: new Uint8Array(room),
  /** 1 where a value was above zero: then only such values say what follows. */
  moved: new Uint8Array(room),
  /** Numbers of the kinds of both sides. */
  clientKind: new Uint8Array(room),
  serverKind: new Uint8Array(room),
  /** The number of the first of the pair's connection types. */
  connectionType: new Uint32Array(room),
});
type Columns = ReturnType<typeof columnsFor>;

/** In the order of modes in the ids of observations. */
export const calleeOf = (server: number, mode: 'async' | 'sync'): number =>
  2 * server + (mode === 'sync' ? 1 : 0);
export const serverOf = (callee: number): number => callee >>> 1;
export const modeOf = (callee: number): 'async' | 'sync' => (callee % 2 === 1 ? 'sync' : 'async');

/**
 * The pairs of a window as columns of numbers, each pair a row, in the order of appearance.
 *
 * An object for each of so many pairs would cost more to make, to find and to collect than all that
 * is done with it. What few pairs have is kept elsewhere, by row.
 */
export class PairTable {
  size = 0;
  columns: Columns = columnsFor(firstRoom);
  /** The row of a pair plus one, where its hash says; 0 where there is none. At most half are taken. */
  #slots = new Uint32Array(2 * firstRoom);

  /** The row of a pair; one that is not there yet gets the next row, of zeros. */
  rowOf(client: number, callee: number): number {
    const slot = this.#slotOf(client, callee);
    const taken = this.#slots[slot] ?? 0;
    if (taken > 0) return taken - 1;
    const row = this.size;
    this.#slots[slot] = row + 1;
    this.columns.client[row] = client;
    this.columns.callee[row] = callee;
    this.size += 1;
    if (this.size === this.columns.client.length) this.#grow();
    return row;
  }

  /** Lets go of all pairs. */
  clear(): void {
    this.size = 0;
    this.columns = columnsFor(firstRoom);
    this.#slots = new Uint32Array(2 * firstRoom);
  }

  /** All rows by the ranks of their clients, then of their servers, then by mode. */
  inOrder(clientRanks: Uint32Array, serverRanks: Uint32Array): Uint32Array {
    const { client, callee } = this.columns;
    const calleeRanks = new Uint32Array(2 * serverRanks.length);
    for (const at of calleeRanks.keys()) {
      calleeRanks[at] = calleeOf(serverRanks[serverOf(at)] ?? 0, modeOf(at));
    }
    const rows = Uint32Array.from({ length: this.size }, (_, row) => row);
    return sortedByRank(sortedByRank(rows, callee, calleeRanks), client, clientRanks);
  }

  /** Where a pair is, or would be. */
  #slotOf(client: number, callee: number): number {
    const slots = this.#slots;
    const { client: clients, callee: callees } = this.columns;
    const last = slots.length - 1;
    const hash = hashOf(client, callee);
    // Odd, so that it gets round to every slot, and not the same for all: names chosen for their
    // hashes would queue up behind each other otherwise.
    const step = (Math.imul(hash, 0x9e3779b1) >>> 12) | 1;
    let slot = hash & last;
    for (let taken = slots[slot] ?? 0; taken > 0; taken = slots[slot] ?? 0) {
      if (clients[taken - 1] === client && callees[taken - 1] === callee) break;
      slot = (slot + step) & last;
    }
    return slot;
  }

  #grow(): void {
    const before = this.columns;
    const room = 2 * before.client.length;
    this.columns = columnsFor(room);
    for (const name of Object.keys(before) as (keyof Columns)[]) {
      this.columns[name].set(before[name]);
    }
    this.#slots = new Uint32Array(2 * room);
    for (let row = 0; row < this.size; row += 1) {
      this.#slots[this.#slotOf(before.client[row] ?? 0, before.callee[row] ?? 0)] = row + 1;
    }
  }
}

/** Mixes two numbers into all bits of one, as the finisher of MurmurHash3 does. */
function hashOf(client: number, callee: number): number {
  let hash = Math.imul(client, 0x9e3779b1) ^ callee;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Sorts by counting; rows of the same rank stay in the order they are in. */
function sortedByRank(rows: Uint32Array, numbers: Uint32Array, ranks: Uint32Array): Uint32Array {
  const rankOf = (row: number) => ranks[numbers[row] ?? 0] ?? 0;
  /** Where the next row of each rank goes. */
  const places = new Uint32Array(ranks.length + 1);
  for (const row of rows) places[rankOf(row) + 1] = (places[rankOf(row) + 1] ?? 0) + 1;
  for (let rank = 1; rank < places.length; rank += 1) {
    places[rank] = (places[rank] ?? 0) + (places[rank - 1] ?? 0);
  }
  const sorted = new Uint32Array(rows.length);
  for (const row of rows) {
    const place = places[rankOf(row)] ?? 0;
    sorted[place] = row;
    places[rankOf(row)] = place + 1;
  }
  return sorted;
}
