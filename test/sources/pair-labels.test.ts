import { describe, expect, it } from 'vitest';
import { labelsPresent } from '../../src/sources/pair-labels.ts';
import { serviceGraphLabels, serviceGraphPair } from '../../src/sources/service-graph.ts';
import { aSource } from './doubles.ts';

const read = (labels: Record<string, string>) =>
  serviceGraphPair(aSource({ fixed: { environment: '', cluster: 'home' } }), {
    client: 'a',
    server: 'b',
    ...labels,
  });

describe('labels with dots in their names', () => {
  it('are apart from the plain ones, of which each is one', () => {
    const { clientLabels, serverLabels, dotted } = serviceGraphLabels;
    expect([...clientLabels, ...serverLabels].join()).not.toContain('.');
    expect(dotted.client).toEqual([
      'client_service.namespace',
      'client_k8s.namespace.name',
      'client_k8s.cluster.name',
      'client_deployment.environment.name',
      'client_deployment.environment',
    ]);
    for (const name of [...dotted.client, ...dotted.server]) {
      expect([...clientLabels, ...serverLabels]).toContain(name.replaceAll('.', '_'));
    }
  });

  it.each([
    [{ 'client_service.namespace': 'shop' }, { namespace: 'shop' }],
    [{ 'client_k8s.namespace.name': 'shop' }, { namespace: 'shop' }],
    [{ 'client_k8s.cluster.name': 'eu' }, { cluster: 'eu' }],
    [{ 'client_deployment.environment.name': 'prod' }, { environment: 'prod' }],
    [{ 'client_deployment.environment': 'prod' }, { environment: 'prod' }],
    [
      { client_service_namespace: 'plain', 'client_service.namespace': 'dotted' },
      { namespace: 'plain' },
    ],
    [
      { client_service_namespace: '', 'client_service.namespace': 'dotted' },
      { namespace: 'dotted' },
    ],
    [{ 'service.namespace': 'of either side' }, { namespace: '', cluster: 'home' }],
  ] as [Record<string, string>, object][])(
    'say what the plain ones say: %j',
    (labels, expected) => {
      expect(read(labels).client).toMatchObject(expected);
      expect(read(labels).server).toMatchObject({ namespace: '', cluster: 'home' });
    },
  );

  it('are asked for where series have them', () => {
    const known = ['a', 'b.c', 'd'];
    expect(labelsPresent(known, ['d', 'x', 'a'])).toEqual(['a', 'd']);
    expect(labelsPresent(known, ['b_c'])).toEqual([]);
    expect(labelsPresent(known, known.toReversed())).toEqual(known);
  });
});

describe('a series of all that was too much', () => {
  it.each([
    [{ otel_metric_overflow: 'true' }, true],
    [{ metric_overflow: 'true' }, true],
    [{ otel_metric_overflow: 'true', source: 'obi', client: '', server: '' }, true],
    [{ otel_metric_overflow: 'false' }, false],
    [{ otel_metric_overflow: '', metric_overflow: '' }, false],
  ] as [Record<string, string>, boolean][])(
    'is overflow where it says so: %j',
    (labels, overflow) => {
      expect(read(labels).overflow).toBe(overflow);
    },
  );
});
