import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linesOf } from '../../src/cli/doctor/finding.ts';
import { type Examined, examine } from '../../src/cli/doctor.ts';
import type { Agreement } from '../../src/graph/source-agreement.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { AppError } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import type { Source } from '../../src/sources/source.ts';
import { aSource, prometheusThat, samples, status } from '../sources/doubles.ts';

const nothing = samples();
const count = (value: number) =>
  samples({ metric: { topolog: 'series/0' }, value: [0, String(value)] });

/** What the doctor finds where all is well but for what a test says. */
function found(given: {
  readonly env?: Readonly<Record<string, string>>;
  readonly sources?: readonly Source[];
  readonly ping?: () => Promise<void>;
  readonly agreements?: readonly Agreement[];
}) {
  const ping = given.ping ?? (async () => {});
  const examined: Examined = {
    config: loadConfig(given.env ?? {}),
    sources: given.sources ?? [],
    database: { ping: async () => {} },
    temporal: { ping, latestFailure: () => null },
    recordOf: async () => null,
    agreementsOf: async () => given.agreements ?? [],
  };
  return examine(examined);
}

/** A server on a free port of the loopback that says this to whoever comes. */
async function serverThatSays(hello: string): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => hello !== '' && socket.write(hello));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the doctor', () => {
  it('says of each server what is wrong with it', async () => {
    const ping = async () => {
      throw new AppError('TemporalUnavailable', 'Start it.');
    };
    expect(linesOf(await found({ ping }))).toEqual([
      'WRONG     temporal             TEMPORAL_ADDRESS 127.0.0.1:7233\n          Start it.\n          look at: TEMPORAL_ADDRESS',
      'ok        neo4j                NEO4J_URI bolt://127.0.0.1:7687',
      expect.stringMatching(/^WRONG {5}sources\n {10}none is configured: set PROMETHEUS_URL/),
    ]);
  });
});

describe('a Redis', () => {
  const redis = async (url: string) =>
    (await found({ env: { REDIS_URL: url } })).find(({ name }) => name === 'redis');

  it('that is not configured is not mentioned', async () => {
    expect((await found({})).map(({ name }) => name)).toEqual(['temporal', 'neo4j', 'sources']);
  });

  it('that does not answer is said, without its password', async () => {
    expect(await redis('redis://user:hunter2@127.0.0.1:1/3')).toEqual({
      name: 'redis',
      where: 'REDIS_URL redis://127.0.0.1:1/3',
      check: 'redis.answers',
      outcome: 'wrong',
      message: 'Redis does not answer: check REDIS_URL (connect ECONNREFUSED 127.0.0.1:1).',
      setting: 'REDIS_URL',
    });
  });

  it('that takes a connection and says nothing is given up', async () => {
    const address = await serverThatSays('');
    expect((await redis(`redis://${address}`))?.message).toMatch(
      /^Redis does not answer: check REDIS_URL \(.+\)\.$/,
    );
  }, 30_000);

  it('that refuses us is said', async () => {
    const address = await serverThatSays('-WRONGPASS invalid username-password pair\r\n');
    expect((await redis(`redis://:hunter2@${address}`))?.message).toBe(
      'Redis refuses: check REDIS_URL (WRONGPASS invalid username-password pair).',
    );
  });
});

describe('a source', () => {
  async function source(
    answers: Parameters<typeof prometheusThat>[0],
    given: Partial<Source> = {},
    env: Readonly<Record<string, string>> = {},
  ) {
    const { url } = await prometheusThat(answers);
    const findings = await found({ env, sources: [aSource({ url, ...given })] });
    return findings.find(({ check }) => check === 'source.answers');
  }

  it('with series is ok', async () => {
    expect(await source([count(7)])).toMatchObject({
      outcome: 'ok',
      message: '7 series in the dialect of tempo',
    });
  });

  it.each([
    ['nothing that auto knows', 'auto', 'service graph metrics'],
    ['no series of its dialect', 'linkerd', 'series in the dialect of linkerd'],
  ] as const)('with %s is doubtful, which is not wrong', async (_, dialect, what) => {
    expect(await source([nothing], { dialect })).toMatchObject({
      outcome: 'doubtful',
      message: `it answers, but had no ${what} in the last 5 minutes: look at what writes them, and at OTEL_GRAPH_DIALECT`,
    });
  });

  it('is doubtful where it counts none', async () => {
    expect(await source([count(0)])).toMatchObject({ outcome: 'doubtful' });
  });

  it('of a file is doubtful because of what the file says of it', async () => {
    const env = { TOPOLOG_SOURCES_FILE: 'sources.yaml' };
    const finding = await source([nothing], { matchers: ['cluster="eu"'] }, env);
    expect(finding?.message).toMatch(/, and at its dialect and its matchers$/);
    expect(finding && linesOf([finding])[0]).toMatch(
      /^DOUBTFUL {2}source prometheus +sources\.yaml prometheus http/,
    );
  });

  it('that does not answer is wrong', async () => {
    expect(await source([status(503)])).toMatchObject({
      outcome: 'wrong',
      message: expect.stringContaining('503'),
    });
  });
});

describe('what a server says', () => {
  it('is printed as one line that moves no cursor, without our secrets', async () => {
    const access = { headers: [['authorization', new Secret('Bearer s3cret-of-ours')]] } as const;
    const body = 'no\u001b[2J \u202eway\r\nok        all Bearer s3cret-of-ours';
    const { url } = await prometheusThat([status(503, body)]);
    const findings = await found({ sources: [aSource({ url, access })] });
    const message = findings.find(({ check }) => check === 'source.answers')?.message ?? '';
    expect(message).toContain('no\ufffd[2J');
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]|s3cret/u);
  });
});
