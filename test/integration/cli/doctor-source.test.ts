import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceAnswers } from '../../../src/cli/doctor/checks/source-answers.ts';
import { sourceLatency } from '../../../src/cli/doctor/checks/source-latency.ts';
import { sourceReadings, sourceServer } from '../../../src/cli/doctor/checks/source-metrics.ts';
import { sourceCopies } from '../../../src/cli/doctor/checks/source-producers.ts';
import type { SourceCheck } from '../../../src/cli/doctor/examined-source.ts';
import { createPrometheusClient } from '../../../src/sources/prometheus-client.ts';
import type { Source } from '../../../src/sources/source.ts';
import { examinedSource } from '../../support/examined-source.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { growing, histogram } from '../../support/recorded-source.ts';
import { counting, epoch, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';

const pair = { client: 'a', server: 'b', job: 'tempo', instance: 'one' };
const mesh = { source_canonical_service: 'a', destination_canonical_service: 'b', job: 'istio' };
const server = 'traces_service_graph_request_server';
const counted = (labels: Readonly<Record<string, string>>, first: number, from: number) =>
  series(requests, labels, from, counting(first, 60, 31));

/** What is there, for an hour from each minute on. */
const recorded = [
  ...growing(requests, pair, 10, 0),
  ...histogram(`${server}_seconds`, pair, ['0.1', '0.2'], 0),
  ...growing('istio_requests_total', { ...mesh, reporter: 'source' }, 10, 0),
  ...growing('istio_requests_total', { ...mesh, reporter: 'destination' }, 10, 0),
  ...growing(`lab_${requests}`, { ...pair, failed: 'false' }, 10, 0),
  // Milliseconds under a name that says seconds: 400 each.
  ...growing(requests, pair, 20, 120),
  ...growing(`${server}_seconds_bucket`, { ...pair, le: '+Inf' }, 20, 120),
  ...growing(`${server}_seconds_sum`, pair, 8000, 120),
  ...growing(`${server}_seconds_count`, pair, 20, 120),
  // A histogram by a name that nobody knows.
  ...growing(requests, pair, 20, 240),
  ...growing(`${server}_ms_bucket`, { ...pair, le: '+Inf' }, 20, 240),
  // Scraped by two jobs, and another process that has counted about as much.
  ...counted({ ...pair, job: 'once' }, 100_000, 360),
  ...counted({ ...pair, job: 'twice' }, 100_030, 360),
  ...counted({ ...pair, job: 'once', instance: 'two' }, 101_000, 360),
];

describe('a real Prometheus', () => {
  let prometheus: RecordedPrometheus;
  const dispatcher = new Agent();

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
  });
  afterAll(async () => {
    await dispatcher.close();
    await prometheus.stop();
  });

  function found({ check }: SourceCheck, minute: number, given: Partial<Source> = {}) {
    const { url } = prometheus;
    return check(
      examinedSource({
        env: { TOPOLOG_SOURCES_FILE: 'sources.yaml' },
        client: createPrometheusClient({ url, dispatcher, retryDelaysMillis: [] }),
        source: testSource({ url, dialect: 'auto', ...given }),
        nowMillis: (epoch + minute * 60) * 1000,
      }),
    );
  }

  it('says how all of it is read', async () => {
    expect(await found(sourceAnswers, 30)).toEqual([
      {
        outcome: 'ok',
        message:
          '4 series in the dialect of tempo, otel-collector/lab_, istio/source, istio/destination',
      },
    ]);
    expect(await found(sourceServer, 30)).toEqual([
      { outcome: 'ok', message: 'it answers as Prometheus' },
    ]);
    expect(await found(sourceReadings, 30)).toEqual([]);
  });

  it.each([
    [
      'a dialect',
      { dialect: 'tempo' },
      [
        ['doubtful', 'lab_traces_service_graph_request_total', 'its dialect'],
        ['doubtful', 'istio_requests_total', 'its dialect'],
      ],
    ],
    ['a prefix', { metricPrefix: 'lab_' }, []],
    [
      'another prefix',
      { metricPrefix: 'other_' },
      [['doubtful', 'lab_traces_service_graph_request_total', 'its metricPrefix']],
    ],
    [
      'a proxy',
      { istioReporter: 'source' },
      [['ok', '1 series of istio_requests_total with reporter="destination"', 'its istioReporter']],
    ],
  ] as const)('says what %s leaves out, with the setting', async (_, given, expected) => {
    const all = await found(sourceReadings, 30, given);
    expect(all).toEqual(
      expected.map(([outcome, what, setting]) => ({
        outcome,
        message: `${what} is there and not read, because of ${setting}`,
        setting,
      })),
    );
  });

  it('finds nothing odd about latency that is read', async () => {
    expect(await found(sourceLatency, 30)).toEqual([]);
  });

  it('doubts a mean of minutes, until it is told the unit', async () => {
    expect(await found(sourceLatency, 150)).toEqual([
      {
        outcome: 'doubtful',
        message: `the mean of ${server}_seconds would be 400 s: if its values are milliseconds, write milliseconds as its latencyUnit`,
        setting: 'its latencyUnit',
      },
    ]);
    expect(await found(sourceLatency, 150, { latencyUnit: 'milliseconds' })).toEqual([]);
  });

  it('names a histogram that is not read', async () => {
    expect(await found(sourceLatency, 270)).toMatchObject([
      { outcome: 'doubtful', message: expect.stringMatching(`^${server}_ms looks like`) },
    ]);
  });

  it('says that there is no latency', async () => {
    expect(await found(sourceLatency, 380)).toMatchObject([
      { outcome: 'doubtful', message: 'it has no histogram of latency, so no latencies are known' },
    ]);
  });

  it('tells copies from processes that have counted about as much', async () => {
    expect(await found(sourceCopies, 380)).toEqual([
      {
        outcome: 'doubtful',
        message:
          'two producers of tempo have counted the same and differ in job alone: if they are copies, as of two jobs that scrape one process, name job as its replicaLabels',
        setting: 'its replicaLabels',
      },
    ]);
    expect(await found(sourceCopies, 380, { replicaLabels: ['job'] })).toEqual([]);
    expect(await found(sourceCopies, 30)).toEqual([]);
  });
});
