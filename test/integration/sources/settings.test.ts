import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelabelling, type RelabelRule } from '../../../src/domain/relabel.ts';
import type { Source } from '../../../src/sources/source.ts';
import {
  growing,
  histogram,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, failures, pair, requests, series } from '../../support/recording.ts';

const eu = { tenant: 'eu', client_app: 'shop-web', client_team: 'front', server_site: 'ams' };
const us = { tenant: 'us', instance: 'generator-us' };
const latency = 'traces_service_graph_request_server_seconds';

const dotted = (namespace: string, replica: string) => ({
  'client_service.namespace': namespace,
  'server_service.namespace': namespace,
  'tenant.name': 'dotted',
  'prometheus.replica': replica,
});

const recorded = [
  ...growing(requests, pair('web', 'api', eu), 20),
  ...growing(failures, pair('web', 'api', eu), 2),
  ...histogram(latency, pair('web', 'api', eu), ['0.1', '0.2']),
  ...growing(requests, pair('web', 'api', us), 100),
  ...growing(failures, pair('web', 'api', us), 50),
  // Born in the window; its producer was there before for one tenant only.
  ...series(requests, pair('born', 'api', { tenant: 'us', instance: 'generator-1' }), 20, [5, 5]),
  ...growing(requests, pair('host-1', 'api', us), 3),
  ...growing(requests, pair('host-2', 'api', us), 4),
  ...series(failures, pair('host-2', 'api', us), 0, counting(0, 1, 61)),
  ...growing(requests, pair('probe', 'api', us), 1),
  // As a server keeps the names of OpenTelemetry, and one that puts a namespace before all.
  ...growing(requests, pair('twin', 'stock', dotted('shop', 'replica-1')), 3),
  ...growing(requests, pair('twin', 'stock', dotted('shop', 'replica-2')), 3),
  ...growing(requests, pair('twin', 'stock', dotted('blog', 'replica-1')), 7),
  ...histogram(latency, pair('twin', 'stock', dotted('blog', 'replica-1')), ['0.1', '0.2']),
  ...growing(`otel.${requests}`, pair('x', 'y', { failed: 'false' }), 4),
  ...growing(`otel.${requests}`, pair('x', 'y', { failed: 'true' }), 1),
  ...histogram(
    'otel.traces_service_graph_request_server_seconds',
    pair('x', 'y', { failed: 'false' }),
    ['0.1', '0.2'],
  ),
  ...growing(requests, pair('user', 'host-1', { ...us, connection_type: 'virtual_node' }), 2),
];

describe('settings of a source', () => {
  let source: RecordedSource;

  beforeAll(async () => {
    source = await recordedSource(recorded, {});
  });

  afterAll(() => source.stop());

  const read = (given: Partial<Source>) => source.read(30, given);
  const relabelledBy = (...rules: RelabelRule[]) =>
    read({ matchers: ['tenant="us"'], relabelling: createRelabelling(rules) });

  it('extra matchers: are in every question', async () => {
    const reading = await read({ matchers: ['tenant="eu"'] });
    expect(reading.observations.map(({ dependencyId }) => dependencyId)).toEqual(['web~~api']);
    expect(reading.observations[0]).toMatchObject({
      requests: 300,
      failedRequests: 30,
      latency: { serverLatencyMeanSeconds: 0.15 },
    });
    expect(reading).toMatchObject({ outcome: 'complete', census: { series: 1, cannotTell: 0 } });
  });

  it('extra matchers: tell a new series from one whose producer was not there before', async () => {
    // `generator-1` was there before the window for another tenant only: that is another producer.
    const ofTenant = await read({ matchers: ['tenant="us"'] });
    expect(observationsOf(ofTenant, 'born~~api')).toEqual([]);
    expect(ofTenant.census.cannotTell).toBe(1);
  });

  it('extra matchers: are in the look for a dialect', async () => {
    const none = await read({ dialect: 'auto', matchers: ['tenant="nobody"'] });
    expect(none).toMatchObject({ dialect: null, outcome: 'suspicious', observations: [] });
    const found = await read({ dialect: 'auto', matchers: ['tenant="eu"'] });
    expect(found.dialect?.name).toBe('tempo');
  });

  it('label map: comes before what the dialect would say, part by part', async () => {
    const reading = await read({
      matchers: ['tenant="eu"'],
      fixed: { environment: 'prod', cluster: 'fixed' },
      labels: {
        client: { name: ['missing', 'client_app'], namespace: ['client_team'] },
        server: { cluster: ['server_site'] },
      },
    });
    expect(reading.observations).toMatchObject([
      {
        dependencyId: 'prod:fixed:front:shop-web~~prod:ams::api',
        requests: 300,
        failedRequests: 30,
        latency: { serverLatencyMeanSeconds: 0.15 },
      },
    ]);
  });

  it('label map: names with dots tell pairs, copies and tenants apart, as plain ones do', async () => {
    const reading = await read({
      matchers: ['"tenant.name"="dotted"'],
      replicaLabels: ['prometheus.replica'],
      labels: {
        client: { namespace: ['client_service.namespace'] },
        server: { namespace: ['server_service.namespace'] },
      },
    });
    expect(reading.observations).toMatchObject([
      {
        dependencyId: 'blog:twin~~blog:stock',
        requests: 105,
        latency: { serverLatencyMeanSeconds: 0.15 },
      },
      { dependencyId: 'shop:twin~~shop:stock', requests: 45 },
    ]);
    expect(reading).toMatchObject({ outcome: 'complete', unanswered: 0 });
  });

  it('metric prefix: may have a dot', async () => {
    const reading = await read({ dialect: 'otel-collector', metricPrefix: 'otel.' });
    expect(reading.observations).toMatchObject([
      {
        dependencyId: 'x~~y',
        requests: 75,
        failedRequests: 15,
        latency: { serverLatencyMeanSeconds: 0.15 },
      },
    ]);
    const found = await read({ dialect: 'auto', metricPrefix: 'otel.' });
    // What others write at this server is read beside it.
    expect(found.readings).toEqual([
      { name: 'tempo', variant: null },
      { name: 'otel-collector', variant: 'otel.' },
    ]);
    expect(found.byReading[1]?.shown.observations).toEqual(reading.observations);
  });

  it('label map: where its labels are empty the dialect decides', async () => {
    const reading = await read({
      matchers: ['tenant="us"'],
      labels: { client: { name: ['client_app'] } },
    });
    expect(observationsOf(reading, 'web~~api')[0]?.requests).toBe(1500);
  });

  it('relabelling: two hosts become one service, whose traffic is their sum', async () => {
    const reading = await relabelledBy({
      sourceLabels: ['name'],
      regex: '(host)-\\d+',
      targetLabel: 'name',
    });
    expect(observationsOf(reading, 'host~~api')).toMatchObject([
      { requests: 105, failedRequests: 15 },
    ]);
    expect(reading.dropped.relabelled).toBe(0);
  });

  it('relabelling: a pair with a dropped side is left out and counted', async () => {
    const reading = await relabelledBy({
      action: 'drop',
      sourceLabels: ['side', 'name'],
      regex: 'client;(probe|web)',
    });
    expect(observationsOf(reading, 'probe~~api')).toEqual([]);
    expect(observationsOf(reading, 'web~~api')).toEqual([]);
    // Their requests, and the failures of one of them.
    expect(reading.dropped.relabelled).toBe(3);
  });

  it('relabelling: a renamed virtual node stays one', async () => {
    const reading = await relabelledBy({
      sourceLabels: ['side', 'name'],
      regex: 'client;user',
      targetLabel: 'name',
      replacement: 'visitors',
    });
    expect(observationsOf(reading, 'visitors~~host-1')).toMatchObject([
      { client: { kind: 'external' }, server: { kind: 'service' } },
    ]);
  });
});
