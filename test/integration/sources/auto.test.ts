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
  // Everybody who writes the same names.
  ...growing(requests, pair, 1, 1320),
  ...growing(requests, { ...pair, failed: 'false' }, 1, 1320),
  ...growing(`lab_${requests}`, { ...pair, failed: 'false' }, 1, 1320),
  ...growing(requests, { ...pair, source: 'obi' }, 1, 1320),
];

describe('a source whose dialect is to be found', () => {
  let source: RecordedSource;

  beforeAll(async () => {
    source = await recordedSource(recorded, { dialect: 'auto' });
  });

  afterAll(() => source.stop());

  it.each([
    [0, ['tempo']],
    [120, ['otel-collector']],
    [240, ['otel-collector/team_']],
    [360, ['beyla']],
    [480, ['istio/source', 'istio/destination']],
    [600, ['istio/source', 'istio/waypoint']],
    [720, ['istio/source']],
    [840, ['linkerd']],
    [1080, ['tempo', 'istio/source', 'linkerd']],
    [1320, ['tempo', 'otel-collector', 'otel-collector/lab_', 'beyla']],
  ] as const)('minute %i: is read as all of %j', async (from, names) => {
    const { byReading, outcome } = await source.read(from + 30);
    const named = byReading.map(({ reading: { name, variant } }) =>
      variant === null ? name : `${name}/${variant}`,
    );
    expect(named).toEqual(names);
    expect(outcome).toBe('complete');
    for (const { shown } of byReading) {
      expect(shown.observations).toMatchObject([{ dependencyId: 'a~~b' }]);
    }
  });

  it('keeps the questions of all readings, each below a comment with its name', async () => {
    const { plan } = await source.read(1350);
    const lines = plan.question?.split('\n') ?? [];
    expect(lines.map((line) => (line.startsWith('#') ? line : line.slice(0, 6)))).toEqual([
      ...['# tempo', 'sum by', '# otel-collector', 'sum by'],
      ...['# otel-collector/lab_', 'sum by', '# beyla', 'sum by'],
    ]);
    expect((await source.read(30)).plan.question).toMatch(/^sum by /);
  });

  it('says which series a configured dialect leaves out', async () => {
    const reading = await source.read(1350, { dialect: 'beyla' });
    expect(reading.byReading.map(({ reading: { name } }) => name)).toEqual(['beyla']);
    expect(reading.plan.notRead.reduce((sum, { series }) => sum + series, 0)).toBe(2);
  });

  it.each([
    ['another counter of the same name', 990],
    ['nothing', 1230],
  ])('is suspicious where there is %s, and chooses nothing', async (_, end) => {
    const reading = await source.read(end);
    expect(reading).toMatchObject({ readings: [], outcome: 'suspicious', observations: [] });
  });
});
