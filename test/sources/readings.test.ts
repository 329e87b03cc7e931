import { describe, expect, it } from 'vitest';
import { dialectFor, type Reading, readingsOf } from '../../src/sources/readings.ts';
import type { Source } from '../../src/sources/source.ts';
import { aSource } from './doubles.ts';

const graph = 'traces_service_graph_request_total';
const row = (metric: string, labels: Record<string, string> = {}, series = 3) => ({
  metric,
  labels,
  series,
});
const survey = { warnings: [], isByIndex: false, notAsked: [] };
const readings = (given: Partial<Source>, ...rows: ReturnType<typeof row>[]) =>
  readingsOf(aSource({ dialect: 'auto', ...given }), { ...survey, rows });

const tempo: Reading = { name: 'tempo', variant: null };
const collector: Reading = { name: 'otel-collector', variant: null };
const beyla: Reading = { name: 'beyla', variant: null };
const istio = (variant: string): Reading => ({ name: 'istio', variant });

describe('the readings of a window', () => {
  it('count what the survey did not ask about as not read', () => {
    const left = { ...survey, rows: [], notAsked: [`z_${graph}`] };
    expect(readingsOf(aSource({ dialect: 'auto' }), left)).toEqual({
      readings: [],
      notRead: [{ metric: `z_${graph}`, labels: {}, series: 1 }],
    });
  });

  it('are all producers that are there, in one order whatever the order of the rows', () => {
    const rows = [
      row('response_total', { direction: 'outbound' }),
      row('istio_tcp_connections_opened_total', { reporter: 'destination' }),
      row('istio_requests_total', { reporter: 'source' }),
      row(graph, { source: 'obi' }),
      row(graph, { source: 'beyla' }),
      row(`b_${graph}`),
      row(`a_${graph}`, { failed: 'true' }),
      row(graph, { failed: 'false' }),
      row(graph, { failed: 'true' }),
      row(graph),
    ];
    const expected = [
      tempo,
      collector,
      { name: 'otel-collector', variant: 'a_' },
      { name: 'otel-collector', variant: 'b_' },
      beyla,
      istio('source'),
      istio('destination'),
      { name: 'linkerd', variant: null },
    ];
    expect(readings({}, ...rows)).toEqual({ readings: expected, notRead: [] });
    expect(readings({}, ...rows.toReversed()).readings).toEqual(expected);
  });

  it('are none where nothing is known, or only what repeats others', () => {
    expect(readings({}).readings).toEqual([]);
    const repeats = [
      row('response_total', { direction: 'inbound' }),
      row('istio_requests_total', { reporter: 'ztunnel' }),
    ];
    expect(readings({}, ...repeats)).toEqual({ readings: [], notRead: [] });
  });

  it.each<[Partial<Source>, Reading]>([
    [{ dialect: 'tempo' }, tempo],
    [{ dialect: 'beyla' }, beyla],
    [{ dialect: 'linkerd' }, { name: 'linkerd', variant: null }],
    [{ dialect: 'otel-collector' }, collector],
    [
      { dialect: 'otel-collector', metricPrefix: 'a_' },
      { name: 'otel-collector', variant: 'a_' },
    ],
    [{ dialect: 'istio', istioReporter: 'waypoint' }, istio('waypoint')],
  ])('are the one that is configured, whatever is there: %j', (given, reading) => {
    expect(readings(given, row(graph)).readings).toEqual([reading]);
    expect(readings(given).readings).toEqual([reading]);
  });

  it('say what the configuration leaves out', () => {
    const [source, destination] = ['source', 'destination'].map((reporter) =>
      row('istio_requests_total', { reporter }),
    );
    if (source === undefined || destination === undefined) throw new Error('Two rows.');
    expect(readings({ istioReporter: 'source' }, source, destination, row(graph))).toEqual({
      readings: [tempo, istio('source')],
      notRead: [destination],
    });
    const ofTempo = row(graph);
    const ofBeyla = row(graph, { source: 'beyla' });
    expect(readings({ dialect: 'beyla' }, ofTempo, ofBeyla)).toEqual({
      readings: [beyla],
      notRead: [ofTempo],
    });
  });

  it('of one name are of disjoint series, so that nothing is counted twice', () => {
    const auto = aSource({ dialect: 'auto' });
    const matchersOf = (reading: Reading) =>
      dialectFor(auto, reading).counters.map(({ series }) => series.matchers);
    for (const matchers of matchersOf(tempo)) {
      expect(matchers).toEqual(['failed=""', 'source!~"beyla|obi"']);
    }
    for (const matchers of matchersOf(collector)) {
      expect(matchers).toEqual(expect.arrayContaining(['failed!=""', 'source!~"beyla|obi"']));
    }
    for (const matchers of matchersOf(beyla)) expect(matchers).toEqual(['source=~"beyla|obi"']);
    const kinds = ['source', 'destination'].map((reporter) => matchersOf(istio(reporter))[0]);
    expect(kinds).toEqual([['reporter="source"'], ['reporter="destination"']]);
  });

  it.each([
    ['tempo', 2],
    ['otel-collector', 1],
  ] as const)(
    'of others that have the same names are left out where %s is configured, which is said',
    (dialect, left) => {
      const rows = [row(graph), row(graph, { failed: 'true' }), row(graph, { source: 'beyla' })];
      const found = readings({ dialect }, ...rows);
      expect(found.readings).toEqual([{ name: dialect, variant: null }]);
      expect(found.notRead).toHaveLength(left);
    },
  );
});
