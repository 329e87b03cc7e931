import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSeen } from '../../../src/domain/observation.ts';
import type { WindowReading } from '../../support/read-window.ts';
import {
  growing,
  observationsOf,
  type RecordedSource,
  recordedSource,
} from '../../support/recorded-source.ts';
import { counting, failures, pair, requests, series } from '../../support/recording.ts';

const shard = (client: string, name: string) =>
  pair(client, 'api', { __metrics_gen_instance: name });
const constant = (value: number): number[] => Array(61).fill(value);
const broken = {
  nan: constant(Number.NaN),
  infinite: constant(Number.POSITIVE_INFINITY),
  'minus-infinite': constant(Number.NEGATIVE_INFINITY),
  negative: counting(-500, 1, 61),
  huge: counting(0, 1e308 / 61, 61),
  // Good until the middle of the window.
  'lately-nan': [...counting(0, 1, 20), ...Array(41).fill(Number.NaN)],
};

const recorded = [
  ...growing(requests, pair('busy', 'api'), 2),
  // All producers are away from minute 31 to 40, with what is idle and what is not.
  ...series(requests, pair('idle', 'gap', { instance: 'gone' }), 0, gap(constant(7))),
  ...series(requests, pair('moving', 'gap', { instance: 'gone' }), 0, gap(counting(0, 3, 61))),
  ...['a', 'b', 'c'].flatMap((name, index) => growing(requests, shard('sharded', name), index)),
  ...Object.entries(broken).flatMap(([name, values]) => [
    ...growing(requests, shard(name, 'good'), 4),
    ...series(requests, shard(name, 'bad'), 0, values),
    ...growing(failures, shard(name, 'good'), 1),
    ...series(failures, shard(name, 'bad'), 0, values),
  ]),
  ...growing(requests, shard('reset', 'good'), 4),
  ...series(requests, shard('reset', 'bad'), 0, [...counting(900, 4, 23), ...counting(4, 4, 38)]),
  // Labels that say nothing of the identity make more series of one pair.
  ...growing(requests, pair('labelled', 'api', { pod: 'x', version: '1' }), 1),
  ...growing(requests, pair('labelled', 'api', { pod: 'y', version: '1' }), 1),
  ...growing(requests, pair('labelled', 'api', { pod: 'y', version: '2' }), 1),
  ...growing(requests, pair('typed', 'api'), 1),
  ...growing(requests, pair('typed', 'api', { connection_type: 'virtual_node' }), 1),
  ...growing(requests, pair('empty', 'api', { connection_type: '' }), 1),
  ...growing(requests, pair('user', 'front', { connection_type: 'virtual_node' }), 1),
  ...growing(requests, pair('front', 'user'), 1),
  ...growing(requests, pair('user', 'mail.example', { connection_type: 'virtual_node' }), 1),
  ...growing(requests, pair('user', 'api'), 1),
  ...growing(requests, pair('busy', '10.1.2.3:443', { connection_type: 'virtual_node' }), 1),
  ...growing(requests, pair('busy', '[2001:db8::1]:8080'), 1),
  ...growing(requests, pair('failing', 'api'), 3),
  ...growing(failures, pair('failing', 'api'), 1),
  ...growing(failures, pair('only', 'failures'), 1),
];

function gap(values: readonly number[]): (number | null)[] {
  return values.map((value, minute) => (minute > 30 && minute <= 40 ? null : value));
}

describe('a real Prometheus, by the rules of ingestion', () => {
  let source: RecordedSource;
  let reading: WindowReading;

  beforeAll(async () => {
    source = await recordedSource(recorded, {});
    reading = await source.read(30);
  });

  afterAll(() => source.stop());

  const find = (id: string, from = reading) => observationsOf(from, id)[0];

  it('after a scrape gap idle series are not new-born, and what moves is seen', async () => {
    const after = await source.read(55);
    expect(after.observations.filter(isSeen).map(({ dependencyId }) => dependencyId)).toContain(
      'moving~~gap',
    );
    const idle = find('idle~~gap', after);
    expect(idle && isSeen(idle)).not.toBe(true);
    // It came back as it was, beside another that went on.
    expect(after.census.cannotTell).toBe(0);
  });

  it('the shards of several generators are summed, the idle ones too', () => {
    expect(find('sharded~~api')?.requests).toBe(15 * (0 + 1 + 2));
  });

  it.each(Object.keys(broken))(
    'a value that is no count leaves the sum it is in untouched: %s',
    (name) => {
      const good = find(`${name}~~api`);
      // Until it broke, a shard may have counted; what it counted then is no harm.
      expect(good?.requests).toBeGreaterThanOrEqual(60);
      expect(good?.requests).toBeLessThanOrEqual(75);
      expect(good?.failedRequests).toBeGreaterThanOrEqual(15);
      expect(good?.failedRequests).toBeLessThanOrEqual(30);
    },
  );

  it('values that are no counts are counted as broken', () => {
    expect(reading.census.broken).toBe(Object.keys(broken).length);
  });

  it('a reset shard is counted inside the sum of its pair, and stays finite', () => {
    const { requests: counted = null } = find('reset~~api') ?? {};
    expect(counted).toBeGreaterThan(60 + 40);
    expect(counted).toBeLessThan(60 + 75);
  });

  it('every number of a window is finite and at least zero', () => {
    for (const { requests: counted, failedRequests } of reading.observations) {
      expect(Number.isFinite(counted ?? 0) && (counted ?? 0) >= 0).toBe(true);
      expect(Number.isFinite(failedRequests ?? 0) && (failedRequests ?? 0) >= 0).toBe(true);
    }
  });

  it('labels that say nothing of the identity are added away, once', () => {
    expect(observationsOf(reading, 'labelled~~api')).toMatchObject([{ requests: 45 }]);
  });

  it('a pair with several connection types is one observation with all of them, and is counted', () => {
    expect(observationsOf(reading, 'typed~~api')).toMatchObject([
      { requests: 30, connectionTypes: ['direct', 'virtual_node'] },
    ]);
    expect(reading.noted.severalConnectionTypes).toBe(1);
  });

  it('an empty connection type is a missing one, which is direct, and is counted', () => {
    expect(find('empty~~api')).toMatchObject({ mode: 'sync', connectionTypes: ['direct'] });
    const direct = reading.observations.filter((one) => one.connectionTypes.includes('direct'));
    expect(reading.noted.missingConnectionType).toBe(direct.length);
  });

  it('a virtual user is apart from a real service of that name, and is counted', () => {
    expect(find('~user~~front')?.client).toMatchObject({ kind: 'user', name: 'user' });
    expect(find('user~~api')?.client).toMatchObject({ kind: 'service', name: 'user' });
    expect(find('user~~mail.example')).toMatchObject({
      client: { kind: 'service' },
      server: { kind: 'external' },
    });
    expect(reading.noted).toMatchObject({ user: 1, unknown: 0, virtualNode: 4 });
  });

  it('an address is a name like any other, its kind comes from the labels, and it is counted', () => {
    expect(find('busy~~10.1.2.3~3A443')?.server).toMatchObject({
      name: '10.1.2.3:443',
      kind: 'external',
    });
    expect(find('busy~~~5B2001~3Adb8~3A~3A1~5D~3A8080')?.server.kind).toBe('service');
    expect(reading.noted.addressName).toBe(2);
  });

  it('failures that nobody counted as requests are no dependency, and are counted', () => {
    expect(find('only~~failures')).toBeUndefined();
    expect(reading.dropped.failuresOnly).toBe(1);
    expect(find('failing~~api')).toMatchObject({ requests: 45, failedRequests: 15 });
  });
});
