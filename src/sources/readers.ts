import { Agent, type Dispatcher } from 'undici';
import type { Aliases } from '../domain/alias.ts';
import type { LostProducer } from '../domain/producers.ts';
import type { Window } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import { revealedTls } from './access.ts';
import { askerOf, type KindsOf, noKinds, readingAsking, type SourceClient } from './asking.ts';
import { planWindow, type WindowPlan } from './plan-window.ts';
import {
  createPrometheusClient,
  type OnTry,
  type PrometheusClientOptions,
} from './prometheus-client.ts';
import { createRangedClient } from './ranged-client.ts';
import { type LearntSize, readShard, type ShardEvent } from './read-shard.ts';
import { dialectFor, type Reading } from './readings.ts';
import { decodeShard, encodeShard } from './shard.ts';
import type { Source } from './source.ts';
import { readUnwatchedPairs, type UnwatchedPairs } from './unwatched-pairs.ts';

/** A plan whose shards are texts that can be kept until they are read. */
export interface EncodedPlan extends Omit<WindowPlan, 'shards'> {
  readonly shards: readonly string[];
}

/** The configured sources, and how to read one. */
export interface SourceReaders {
  /** @throws AppError `UnknownSource`. */
  sourceOf(id: string): Source;
  planWindow(
    source: Source,
    window: Window,
    aliases: Aliases,
    signal: AbortSignal,
  ): Promise<EncodedPlan>;
  /** Reads a shard of a plan; `reading` says how its metrics are spelled. */
  readShard(
    source: Source,
    window: Window,
    shard: string,
    aliases: Aliases,
    signal: AbortSignal,
    kindsOf?: KindsOf,
  ): { readonly reading: Reading; readonly events: AsyncIterable<ShardEvent> };
  /** Which pairs producers alone showed that went. */
  unwatchedPairs(
    source: Source,
    window: Window,
    reading: Reading,
    lost: readonly LostProducer[],
    aliases: Aliases,
    signal: AbortSignal,
  ): Promise<UnwatchedPairs>;
  /** Reads windows of one grid, asked for together. */
  ranged(
    source: Source,
    windows: readonly Window[],
  ): Pick<SourceReaders, 'planWindow' | 'readShard'>;
}

export interface SourceReadersOptions
  extends Pick<PrometheusClientOptions, 'retryDelaysMillis' | 'timeoutMillis' | 'maxAnswerBytes'> {
  readonly onRetry: (source: string, error: AppError, attempt: number) => void;
  readonly onTry?: OnTry;
  /** Most series of the request counter in one shard. */
  readonly shardSeries: number;
}

/** Each question has a time limit of its own, which may be longer than an agent's. */
export const unhurried = { connections: 16, headersTimeout: 0, bodyTimeout: 0 } as const;

/** How a source is reached; one with certificates of its own shares no connection with others. */
export function connectionOf(source: Source, shared: Dispatcher) {
  const { url, access } = source;
  const tls = access?.tls;
  const dispatcher = tls ? new Agent({ ...unhurried, connect: revealedTls(tls) }) : shared;
  return { url, access, dispatcher };
}

export function createSourceReaders(
  sources: readonly Source[],
  dispatcher: Dispatcher,
  { onRetry, onTry, shardSeries, ...limits }: SourceReadersOptions,
): SourceReaders {
  const clients = new Map(
    sources.map((source) => [
      source.id,
      createPrometheusClient({
        ...limits,
        ...connectionOf(source, dispatcher),
        onRetry: (error, attempt) => onRetry(source.id, error, attempt),
        ...(onTry ? { onTry: (request) => onTry({ ...request, source: source.id }) } : {}),
      }),
    ]),
  );
  const clientOf = (id: string) => clients.get(id) ?? unknownSource(id);

  /** How much each source answers at once, by reading. */
  const learnt = new Map<string, LearntSize>();
  function sizeOf(source: Source, { name, variant }: Reading): LearntSize {
    const key = `${source.id}/${name}/${variant ?? ''}`;
    const size = learnt.get(key) ?? { most: Number.POSITIVE_INFINITY };
    learnt.set(key, size);
    return size;
  }

  /** Plans and shards, asked of one client; of another where a shard is of one window only. */
  function readersOf(
    clientFor: (source: Source) => SourceClient,
    clientOfShard: (source: Source) => SourceClient = clientFor,
  ) {
    const planned: Pick<SourceReaders, 'planWindow' | 'readShard'> = {
      async planWindow(source, window, aliases, signal) {
        const plan = await planWindow(clientFor(source), source, window, {
          maxSeries: shardSeries,
          aliases,
          signal,
        });
        return { ...plan, shards: plan.shards.map(encodeShard) };
      },
      readShard(source, window, text, aliases, signal, kindsOf = noKinds) {
        const { reading, traits, shard } = decodeShard(text);
        const isWhole = shard.clients === null && shard.servers === null;
        const client = isWhole ? clientFor(source) : clientOfShard(source);
        const asker = askerOf(client, window, signal);
        const dialect = dialectFor(source, reading);
        const asking = readingAsking(
          { source, window, aliases, kindsOf, ...asker },
          dialect,
          traits,
        );
        return { reading, events: readShard(asking, shard, sizeOf(source, reading)) };
      },
    };
    return planned;
  }

  return {
    sourceOf: (id) => sources.find((one) => one.id === id) ?? unknownSource(id),
    ...readersOf(({ id }) => clientOf(id)),
    unwatchedPairs: (source, window, reading, lost, aliases, signal) =>
      readUnwatchedPairs(clientOf(source.id), source, window, reading, lost, { aliases, signal }),
    ranged({ id, intervalMillis }, windows) {
      const steps = {
        firstMillis: windows[0]?.endMillis ?? 0,
        count: windows.length,
        stepMillis: intervalMillis,
      };
      const ranged = createRangedClient(clientOf(id), steps);
      return readersOf(
        () => ranged,
        () => clientOf(id),
      );
    },
  };
}

function unknownSource(id: string): never {
  throw new AppError('UnknownSource', `Source "${id}" is not configured on this worker.`);
}
