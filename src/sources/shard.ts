import { z } from 'zod';
import { packGroups, type ShardGroup, seriesOf } from '../domain/shards.ts';
import type { ReadingTraits } from './asking.ts';
import { type CounterLabels, nameLabelOf } from './counter-labels.ts';
import { dialectNames } from './dialect-names.ts';
import { flavours } from './flavour.ts';
import type { Reading } from './readings.ts';
import { anyOf } from './series.ts';

/** Part of a window: the pairs of some clients; where one client is too many, of some servers too. */
export interface Shard {
  /** `null` for all. */
  readonly clients: readonly ShardGroup[] | null;
  readonly servers: readonly ShardGroup[] | null;
  readonly series: number;
}

/** A shard of one reading of a window, and what is known of that reading. */
export interface PlannedShard {
  readonly reading: Reading;
  readonly traits: ReadingTraits;
  readonly shard: Shard;
}

/** So long may the values of a shard be: they stand eight times in a question. */
const maxCharacters = 12_000;

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
export function matchersOf(labels: CounterLabels, { clients, servers }: Shard): string[] {
  const matcher = (label: string, groups: readonly ShardGroup[] | null) =>
    groups === null
      ? []
      : [
          anyOf(
            label,
            groups.flatMap(({ values }) => values),
          ),
        ];
  return [
    ...matcher(nameLabelOf(labels, 'client'), clients),
    ...matcher(nameLabelOf(labels, 'server'), servers),
  ];
}

const groups = z.array(z.object({ values: z.array(z.string()), series: z.number() })).nullable();
const shardSchema = z.object({ clients: groups, servers: groups, series: z.number() });

const keptSchema = z.object({
  shard: shardSchema,
  reading: z.object({ name: z.enum(dialectNames), variant: z.string().nullable() }),
  traits: z.object({
    labelNames: z.array(z.string()).nullable(),
    metrics: z.array(z.string()).nullable(),
    flavour: z.enum(flavours),
    scrapeIntervalMillis: z.number(),
  }),
});

/** A shard and how it is read as a text that can be kept, and back. */
export const encodeShard = (planned: PlannedShard): string => JSON.stringify(planned);
export const decodeShard = (text: string): PlannedShard => keptSchema.parse(JSON.parse(text));
