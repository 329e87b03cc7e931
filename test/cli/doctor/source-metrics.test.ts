import { describe, expect, it } from 'vitest';
import { sourceReadings, sourceServer } from '../../../src/cli/doctor/checks/source-metrics.ts';
import { sourceCopies, sourceFineness } from '../../../src/cli/doctor/checks/source-producers.ts';
import { AppError } from '../../../src/runtime/errors.ts';
import type { Sample } from '../../../src/sources/answer.ts';
import type { PrometheusClient } from '../../../src/sources/prometheus-client.ts';
import { aSource } from '../../sources/doubles.ts';
import { examinedSource } from '../../support/examined-source.ts';

const requests = 'traces_service_graph_request_total';
const refused = () => Promise.reject(new AppError('InvalidMetrics', 'No.'));
const tooHeavy = () => Promise.reject(new AppError('QueryTooHeavy', 'Too many samples.'));
const env = { TOPOLOG_SOURCES_FILE: 'sources.yaml' };

/** A server with these producers, that answers each question by the parts that it asks for. */
function serverWith({
  producers = [{ instance: 'one' }],
  series = 10,
  metrics = [requests],
  ...given
}: {
  readonly producers?: readonly Sample['labels'][];
  readonly series?: number;
  readonly metrics?: readonly string[] | null;
} & Partial<PrometheusClient>): PrometheusClient {
  const answerOf = (samples: Sample[]) => ({ samples, warnings: [] });
  const { client } = examinedSource();
  return {
    ...client,
    async query(expression) {
      if (!expression.includes('"series/0"')) {
        return answerOf([{ labels: { topolog: requests }, value: series * producers.length }]);
      }
      return answerOf(
        producers.map((labels) => ({ labels: { ...labels, topolog: 'series/0' }, value: series })),
      );
    },
    labelValues: async () =>
      metrics === null ? refused() : { values: [...metrics], warnings: [] },
    labelNames: async () => ({ values: ['client', 'server'], warnings: [] }),
    ...given,
  };
}

describe('the server of a source', () => {
  it('is named, and said to be ok', async () => {
    const client = serverWith({ flavour: async () => 'victoriametrics' });
    expect(await sourceServer.check(examinedSource({ client }))).toEqual([
      { outcome: 'ok', message: 'it answers as VictoriaMetrics' },
    ]);
  });

  it('that refuses POST is doubtful', async () => {
    const examined = examinedSource({ client: serverWith({}), isAskedByGet: () => true });
    expect(await sourceServer.check(examined)).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'doubtful', message: expect.stringContaining('refuses POST') },
    ]);
  });

  it('that does not tell its metrics needs the prefix, unless that is known', async () => {
    const client = serverWith({ metrics: null });
    const found = (given: Parameters<typeof aSource>[0]) =>
      sourceServer.check(examinedSource({ client, env, source: aSource(given) }));
    expect((await found({ dialect: 'auto' }))[1]).toMatchObject({
      outcome: 'doubtful',
      setting: 'its metricPrefix',
    });
    expect((await found({ dialect: 'auto', metricPrefix: 'lab_' }))[1]?.outcome).toBe('ok');
    expect((await found({ dialect: 'tempo' }))[1]?.outcome).toBe('ok');
  });

  it('that has too much to count is asked of its index', async () => {
    const asked = serverWith({});
    const client = serverWith({
      query: (expression, at) =>
        expression.startsWith('label_replace(count by') ? tooHeavy() : asked.query(expression, at),
    });
    expect(await sourceServer.check(examinedSource({ client }))).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'doubtful', message: expect.stringContaining('its index is asked') },
    ]);
  });

  it('that does not answer is not judged here', async () => {
    for (const { check } of [sourceServer, sourceReadings, sourceCopies, sourceFineness]) {
      expect(await check(examinedSource())).toEqual([]);
    }
  });
});

describe('producers', () => {
  const many = (label: string) =>
    Array.from({ length: 60 }, (_, index) => ({ instance: 'one', [label]: `value-${index}` }));
  const fineness = (producers: readonly Sample['labels'][], series: number) =>
    sourceFineness.check(examinedSource({ client: serverWith({ producers, series }), env }));

  it('that are too many for their series come of a label of requests', async () => {
    expect(await fineness(many('http_route'), 3)).toEqual([
      {
        outcome: 'doubtful',
        message:
          '60 producers of tempo have 180 series only: if http_route says something of requests and not who counted them, name it as its kindLabels',
        setting: 'its kindLabels',
      },
    ]);
  });

  it.each([
    ['are few', many('http_route').slice(0, 50), 1],
    ['have enough series', many('http_route'), 4],
    ['differ in where they are alone', many('pod'), 1],
  ] as const)('that %s are ok', async (_, producers, series) => {
    expect(await fineness(producers, series)).toEqual([]);
  });
});
