import { z } from 'zod';
import { packGroups, type ShardGroup, seriesOf } from '../domain/shards.ts';
import type { Dialect } from './dialect.ts';
import { anyOf } from './series.ts';

/** Part of a window: the pairs of some clients; where one client is too many, of some servers too. */
export interface Shard {
  /** `null` for all. */
  readonly clients: readonly ShardGroup[] | null;
  readonly servers: readonly ShardGroup[] | null;
  readonly series: number;
}

/** So long may the values of a shard be: they stand about ten times in a question. */
const maxCharacters = 32_768;

export function shardsOfClients(groups: readonly ShardGroup[], maxSeries: number): Shard[] {
  return packGroups(groups, { series: maxSeries, characters: maxCharacters }).map((clients) => ({
    clients,
    servers: null,
    series: seriesOf(clients),
  }));
}

export function shardsOfServers(
  clients: readonly ShardGroup[],
  groups: readonly ShardGroup[],
  maxSeries: number,
): Shard[] {
  return packGroups(groups, { series: maxSeries, characters: maxCharacters }).map((servers) => ({
    clients,
    servers,
    series: seriesOf(servers),
  }));
}

/** What selects a shard's series, of any metric of the dialect. */
export function matchersOf({ cuts }: Dialect, { clients, servers }: Shard): string[] {
  const matcher = (label: string, groups: readonly ShardGroup[] | null) =>
    groups === null
      ? []
      : [
          anyOf(
            label,
            groups.flatMap(({ values }) => values),
          ),
        ];
  return [...matcher(cuts.client.label, clients), ...matcher(cuts.server.label, servers)];
}

const groups = z.array(z.object({ values: z.array(z.string()), series: z.number() })).nullable();
const shardSchema = z.object({ clients: groups, servers: groups, series: z.number() });

const keptSchema = z.object({ shard: shardSchema, everyProducerBefore: z.boolean() });

/** What is kept of a plan for each of its shards. */
export interface KeptShard {
  readonly shard: Shard;
  readonly everyProducerBefore: boolean;
}

/** A shard as a text that can be kept, and back. */
export const encodeShard = (kept: KeptShard): string => JSON.stringify(kept);
export const decodeShard = (text: string): KeptShard => keptSchema.parse(JSON.parse(text));
