import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { growing, type RecordedSource, recordedSource } from '../../support/recorded-source.ts';
import { requests } from '../../support/recording.ts';

const producer = { job: 'any', instance: 'one' };
const pair = { client: 'a', server: 'b', ...producer };
const meshPair = {
  source_canonical_service: 'a',
  destination_canonical_service: 'b',
  ...producer,
};
const linkerdPair = { deployment: 'a', dst_deployment: 'b', ...producer };

/** Which metrics are there, for an hour from each minute on. */
const recorded = [
  ...growing(requests, pair, 1, 0),
  ...growing(requests, { ...pair, failed: 'false' }, 1, 120),
  ...growing(`team_${requests}`, { ...pair, failed: 'false' }, 1, 240),
  ...growing(requests, { ...pair, source: 'beyla' }, 1, 360),
  ...growing('istio_requests_total', { ...meshPair, reporter: 'source' }, 1, 480),
  ...growing('istio_requests_total', { ...meshPair, reporter: 'destination' }, 1, 480),
  ...growing('istio_requests_total', { ...meshPair, reporter: 'waypoint' }, 1, 600),
  ...growing('istio_tcp_connections_opened_total', { ...meshPair, reporter: 'source' }, 1, 600),
  ...growing('istio_tcp_connections_opened_total', { ...meshPair, reporter: 'source' }, 1, 720),
  ...growing('response_total', { ...linkerdPair, direction: 'outbound' }, 1, 840),
  // A counter of that name without direction is somebody else's.
  ...growing('response_total', producer, 1, 960),
  // Everything at once.
  ...growing('response_total', { ...linkerdPair, direction: 'outbound' }, 1, 1080),
  ...growing('istio_requests_total', { ...meshPair, reporter: 'source' }, 1, 1080),
  ...growing(requests, pair, 1, 1080),
];

describe('a source whose dialect is to be found', () => {
  let source: RecordedSource;

  beforeAll(async () => {
    source = await recordedSource(recorded, { dialect: 'auto' });
  });

  afterAll(() => source.stop());

  it.each([
    [0, 'tempo', null],
    [120, 'otel-collector', null],
    [240, 'otel-collector', 'team_'],
    [360, 'beyla', null],
    [480, 'istio', 'source'],
    [600, 'istio', 'waypoint'],
    [720, 'istio', 'source'],
    [840, 'linkerd', null],
    [1080, 'tempo', null],
  ] as const)('minute %i: is read as %s (%s)', async (from, name, variant) => {
    const reading = await source.read(from + 30);
    expect(reading.dialect).toEqual({ name, variant });
    expect(reading.outcome).toBe('complete');
    expect(reading.observations).toMatchObject([{ dependencyId: 'a~~b' }]);
  });

  it.each([
    ['another counter of the same name', 990],
    ['nothing', 1230],
  ])('is suspicious where there is %s, and chooses nothing', async (_, end) => {
    const reading = await source.read(end);
    expect(reading).toMatchObject({ dialect: null, outcome: 'suspicious', observations: [] });
  });
});
