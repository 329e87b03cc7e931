import type { AppError } from '../runtime/errors.ts';
import { type Asking, isRefusal, isTooHeavy, timedOut } from './asking.ts';
import { type PartReading, readPart } from './read-part.ts';
import { matchersOf, type Shard } from './shard.ts';
import { type Split, splitShard } from './split-shard.ts';

/** What happens while a shard is read: parts of it, one after the other, until there are no more. */
export type ShardEvent =
  | { readonly kind: 'read'; readonly reading: PartReading }
  /** A part was too much for the source; its pieces follow. */
  | { readonly kind: 'split'; readonly warnings: readonly string[] }
  /** A part is refused, and can be cut no further. */
  | { readonly kind: 'lost'; readonly error: AppError };

/** How much a source answers at once, learnt from what it refused; kept for the windows to come. */
export interface LearntSize {
  /** Series. */
  most: number;
}

/** After so many parts were refused and none was read, it is not for their size. */
const hopeless = 8;

/**
 * Reads a shard; a part that is too much for the source is cut in half, down to single pairs.
 *
 * How much the source can answer is learnt on the way: after a refusal larger parts are cut before
 * they are asked for, after an answer twice as much is tried again. One part is held at a time.
 *
 * @throws AppError `PrometheusUnavailable`; what was read before it must be read again.
 */
export async function* readShard(
  asking: Asking,
  shard: Shard,
  sizes: LearntSize = { most: Number.POSITIVE_INFINITY },
): AsyncGenerator<ShardEvent> {
  const open: Shard[] = [shard];
  let read = 0;
  let lost = 0;
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const pieces = splitOnce(asking, part);
    const tooLarge = part.series > sizes.most && (await pieces()).parts.length > 1;
    const event = tooLarge ? await splitEvent(pieces) : await readOrSplit(asking, part, pieces);
    yield event;
    if (event.kind === 'split') {
      open.push(...[...(await pieces()).parts].reverse());
      if (!tooLarge) sizes.most = part.series / 2;
    } else if (event.kind === 'lost') {
      lost += 1;
      if (read === 0 && lost >= hopeless) return;
    } else {
      read += 1;
      sizes.most = Math.max(sizes.most, part.series * 2);
    }
  }
}

async function readOrSplit(
  asking: Asking,
  part: Shard,
  pieces: () => Promise<Split>,
): Promise<ShardEvent> {
  const canSplit = async () => (await pieces()).parts.length > 1;
  try {
    const matchers = matchersOf(asking.labels, part);
    return { kind: 'read', reading: await readPart(asking, matchers, canSplit) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A source that went away does not answer in time either: nothing is lost, it is asked later.
    if (timedOut(error)) await asking.ask('vector(1)');
    return isTooHeavy(error) && (await canSplit()) ? splitEvent(pieces) : { kind: 'lost', error };
  }
}

async function splitEvent(pieces: () => Promise<Split>): Promise<ShardEvent> {
  return { kind: 'split', warnings: (await pieces()).warnings };
}

/** The pieces of a part, counted when they are first needed; none where that is refused too. */
function splitOnce(asking: Asking, part: Shard): () => Promise<Split> {
  let counted: Promise<Split> | undefined;
  return () => {
    counted ??= splitShard(asking, part).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return { parts: [], warnings: [] };
    });
    return counted;
  };
}
