import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { VectorAnswer } from '../../src/sources/answer.ts';
import { tempo } from '../../src/sources/dialects/tempo.ts';
import { readShard, type ShardEvent } from '../../src/sources/read-shard.ts';
import { anAsking, tooHeavy } from './doubles.ts';

const whole = { clients: null, servers: null, series: 0 };

type Pair = readonly [client: string, server: string];
type Faults = (pairs: readonly Pair[]) => AppError | string | null;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The values that a question's matchers leave of a label; `null` for all. */
function asked(expression: string, label: string): Set<string> | null {
  const found = new RegExp(`[{,]${label}=~?"([^"]*)"`).exec(expression)?.[1];
  return found === undefined ? null : new Set(found.replaceAll('\\\\', '').split('|'));
}

/**
 * A source that knows of these pairs, and of each so many requests as it has letters.
 *
 * @param fault what is wrong with a question for the requests of some pairs: an error, a warning
 * @param away whether it answers nothing else either
 */
function sourceWith(pairs: readonly Pair[], fault: Faults, away = () => false) {
  const questions: (readonly Pair[])[] = [];
  const vector = (samples: VectorAnswer['samples'], warnings: string[] = []) => ({
    samples,
    warnings,
  });
  async function query(expression: string): Promise<VectorAnswer> {
    if (away()) throw new AppError('PrometheusUnavailable', 'It is gone.');
    const clients = asked(expression, 'client');
    const servers = asked(expression, 'server');
    const chosen = pairs.filter(
      ([client, server]) => (clients?.has(client) ?? true) && (servers?.has(server) ?? true),
    );
    const samples = chosen.map(([client, server]) => ({ labels: { client, server }, value: 7 }));
    if (expression.startsWith('count by')) {
      return vector(samples.map((sample) => ({ ...sample, value: 1 })));
    }
    if (!expression.startsWith('sum by') || expression.includes('_failed')) return vector([]);
    if (expression.includes('_seconds')) return vector([]);
    questions.push(chosen);
    const wrong = fault(chosen);
    if (wrong instanceof AppError) throw wrong;
    return vector(samples, wrong === null ? [] : [wrong]);
  }
  return { asking: anAsking(tempo(), { client: { query } }), questions };
}

async function read(asking: Parameters<typeof readShard>[0], shard = whole) {
  const events: ShardEvent[] = [];
  for await (const event of readShard(asking, shard)) events.push(event);
  const readings = events.flatMap((event) => (event.kind === 'read' ? [event.reading] : []));
  return {
    seen: readings
      .flatMap(({ observations }) => observations.map(({ dependencyId }) => dependencyId))
      .sort(),
    warnings: readings.flatMap(({ presenceWarnings }) => presenceWarnings),
    splits: events.filter(({ kind }) => kind === 'split').length,
    lost: events.filter(({ kind }) => kind === 'lost').length,
  };
}

const clients = (count: number): Pair[] => numbers(count).map((i) => [`c${i}`, 'api']);
const idsOf = (pairs: readonly Pair[]) => pairs.map((pair) => pair.join('~~')).sort();

describe('a shard', () => {
  it('that the source can answer is asked once', async () => {
    const { asking, questions } = sourceWith(clients(20), () => null);
    expect(await read(asking)).toMatchObject({ seen: idsOf(clients(20)), splits: 0, lost: 0 });
    expect(questions).toHaveLength(1);
  });

  it.each([1, 2, 3, 7])(
    'is halved until each part has no more than %i pairs, and nothing is lost',
    async (room) => {
      const pairs = clients(20);
      const { asking } = sourceWith(pairs, ({ length }) =>
        length > room ? tooHeavy('rejected') : null,
      );
      expect(await read(asking)).toMatchObject({ seen: idsOf(pairs), lost: 0 });
    },
  );

  it('of one client is halved by its servers', async () => {
    const pairs = numbers(20).map((i): Pair => ['hub', `s${i}`]);
    const { asking } = sourceWith(pairs, ({ length }) => (length > 3 ? tooHeavy('timeout') : null));
    expect(await read(asking)).toMatchObject({ seen: idsOf(pairs), lost: 0 });
  });

  it('learns how much is too much, instead of asking for as much again and again', async () => {
    const pairs = clients(64);
    const room = 4;
    const { asking, questions } = sourceWith(pairs, ({ length }) =>
      length > room ? tooHeavy('timeout') : null,
    );
    await read(asking);
    const refused = questions.filter(({ length }) => length > room);
    // Once for each halving on the way down, and once in a while to see whether more will do.
    expect(refused.length).toBeLessThan(20);
    expect(questions.length - refused.length).toBeLessThanOrEqual(32);
  });

  it('loses the one pair that is always refused, and nothing else', async () => {
    const pairs = [...clients(20), ['hub', 'bad'], ['hub', 'good']] as Pair[];
    const { asking } = sourceWith(pairs, (some) =>
      some.some(([, server]) => server === 'bad') ? tooHeavy('rejected') : null,
    );
    const { seen, lost } = await read(asking);
    expect(lost).toBe(1);
    expect(seen).toEqual(idsOf(pairs.filter(([, server]) => server !== 'bad')));
  });

  it('is given up soon when nothing of it is ever answered', async () => {
    const { asking, questions } = sourceWith(clients(1000), () => tooHeavy('rejected'));
    expect(await read(asking)).toMatchObject({ seen: [] });
    expect(questions.length).toBeLessThan(40);
  });

  it('is lost at once when it is rejected for what it is, not for its size', async () => {
    const { asking, questions } = sourceWith(
      clients(20),
      () => new AppError('InvalidMetrics', 'What is that?'),
    );
    expect(await read(asking)).toMatchObject({ seen: [], splits: 0, lost: 1 });
    expect(questions).toHaveLength(1);
  });

  it('is halved when the server says that it left out the rest', async () => {
    const pairs = clients(9);
    const { asking } = sourceWith(pairs, ({ length }) =>
      length > 2 ? 'results truncated due to limit' : null,
    );
    expect(await read(asking)).toMatchObject({ seen: idsOf(pairs), lost: 0, warnings: [] });
  });

  it('keeps what came with a warning where it cannot be halved, and says so', async () => {
    const pairs = clients(1);
    const warning = 'results truncated due to limit';
    const { asking } = sourceWith(pairs, () => warning);
    expect(await read(asking)).toEqual({
      seen: idsOf(pairs),
      warnings: [warning],
      splits: 0,
      lost: 0,
    });
  });

  it('is not taken for too large when the source went away: it is asked again later', async () => {
    let gone = false;
    const { asking, questions } = sourceWith(
      clients(20),
      () => {
        gone = true;
        return tooHeavy('timeout');
      },
      () => gone,
    );
    await expect(read(asking)).rejects.toMatchObject({ code: 'PrometheusUnavailable' });
    expect(questions).toHaveLength(1);
  });
});
