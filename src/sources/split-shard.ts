import { type ShardGroup, seriesOf } from '../domain/shards.ts';
import type { Asking } from './asking.ts';
import { countSide } from './count-side.ts';
import { matchersOf, type Shard, shardsOfClients, shardsOfServers } from './shard.ts';

/** What a shard falls into; one part where it can be cut no further. */
export interface Split {
  readonly parts: readonly Shard[];
  readonly warnings: readonly string[];
}

/** Cuts a shard about in half: its clients, and those of one client's servers where it has but one. */
export async function splitShard(asking: Asking, shard: Shard): Promise<Split> {
  if (shard.servers !== null && shard.clients !== null) {
    const { clients, servers } = shard;
    return { parts: shardsOfServers(clients, servers, halfOf(servers)), warnings: [] };
  }
  const counted =
    shard.clients === null
      ? await countSide(asking, 'client', [])
      : { groups: shard.clients, warnings: [] };
  const clients = counted.groups;
  if (clients.length !== 1) {
    return { parts: shardsOfClients(clients, halfOf(clients)), warnings: counted.warnings };
  }
  const one = { clients, servers: null, series: seriesOf(clients) };
  const { groups, warnings } = await countSide(asking, 'server', matchersOf(asking.labels, one));
  return {
    parts: shardsOfServers(clients, groups, halfOf(groups)),
    warnings: [...counted.warnings, ...warnings],
  };
}

const halfOf = (groups: readonly ShardGroup[]): number => Math.ceil(seriesOf(groups) / 2);
