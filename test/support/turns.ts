import type { Database } from '../../src/graph/database.ts';

/** What becomes of a transaction whose turn it is: it is cut off before it is begun, or after it is done. */
export type Turn = 'go' | 'crashBefore' | 'crashAfter';

/** Something that writes in transactions, and what a model makes of each of them, in order. */
export interface Actor {
  run(database: Database): Promise<unknown>;
  readonly model: Iterator<unknown>;
  /** At which of its transactions it crashes, counted from 0, and how; `null`: at none. */
  readonly crash: { readonly at: number; readonly how: Exclude<Turn, 'go'> } | null;
  /** Called where it came to its end. */
  ended?(): void;
}

interface Player {
  readonly actor: Actor;
  /** Resolved when it waits for its turn, or has ended. */
  state: Promise<'waiting' | 'ended'>;
  readonly running: Promise<void>;
  grant(turn: Turn): void;
  turns: number;
}

/**
 * Plays actors together: whose transaction is next is chosen by `picks`, one after the other; where
 * these end, the first that is left goes on.
 */
export async function playTogether(
  database: Database,
  actors: readonly Actor[],
  picks: readonly number[],
): Promise<void> {
  const all = actors.map((actor) => join(database, actor));
  let playing = all;
  for (let index = 0; ; index += 1) {
    const states = await Promise.all(playing.map(({ state }) => state));
    playing = playing.filter((_, place) => states[place] === 'waiting');
    const player = playing[(picks[index] ?? 0) % Math.max(1, playing.length)];
    if (player === undefined) break;
    const { crash, model } = player.actor;
    const turn = crash?.at === player.turns ? crash.how : 'go';
    player.turns += 1;
    player.grant(turn);
    await player.state;
    if (turn !== 'crashBefore') model.next();
  }
  await Promise.all(all.map(({ running }) => running));
}

class Crash extends Error {}

function join(database: Database, actor: Actor): Player {
  let tell: (state: 'waiting' | 'ended') => void = () => {};
  const nextState = () =>
    new Promise<'waiting' | 'ended'>((resolve) => {
      tell = resolve;
    });
  const inTurns: Database = {
    ...database,
    async write(work) {
      const turn = await new Promise<Turn>((resolve) => {
        player.grant = (how) => {
          player.state = nextState();
          resolve(how);
        };
        tell('waiting');
      });
      if (turn === 'crashBefore') throw new Crash('cut off before a transaction');
      const result = await database.write(work);
      if (turn === 'crashAfter') throw new Crash('cut off after a transaction');
      return result;
    },
  };
  const run = async () => {
    try {
      await actor.run(inTurns);
    } catch (error) {
      if (error instanceof Crash) return;
      throw error;
    }
    actor.ended?.();
  };
  const state = nextState();
  const started = Promise.resolve().then(run);
  const player: Player = { actor, state, running: started, grant: () => {}, turns: 0 };
  const ended = () => tell('ended');
  started.then(ended, ended);
  return player;
}
