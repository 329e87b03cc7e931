import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/cli/relabel.ts';
import { createRelabelling } from '../../../src/domain/relabel.ts';
import { previewRelabelling } from '../../../src/sources/preview-relabelling.ts';
import { createPrometheusClient } from '../../../src/sources/prometheus-client.ts';
import { prometheusWith, type RecordedPrometheus } from '../../support/prometheus.ts';
import { growing } from '../../support/recorded-source.ts';
import { counting, epoch, pair, requests, series } from '../../support/recording.ts';
import { testSource } from '../../support/source.ts';

const recorded = [
  ...growing(requests, pair('web-1', 'api'), 1),
  ...growing(requests, pair('web-2', 'api'), 1),
  // A shard more of a pair, and one without traffic: both are there.
  ...growing(requests, pair('web-1', 'api', { instance: 'generator-2' }), 1),
  ...series(requests, pair('web', 'api'), 0, counting(7, 0, 61)),
  ...growing(requests, pair('web-1', 'Cache'), 1),
  ...growing(requests, pair('probe', 'api'), 1),
  ...growing(requests, pair('__cardinality_overflow__', 'api', { metric_overflow: 'true' }), 1),
];

const rules = createRelabelling([
  { sourceLabels: ['name'], regex: '(web)-\\d+', targetLabel: 'name' },
  { action: 'lowercase', sourceLabels: ['name'], targetLabel: 'name' },
  { action: 'drop', sourceLabels: ['name'], regex: 'probe' },
]);
const window = { startMillis: (epoch + 900) * 1000, endMillis: (epoch + 1800) * 1000 };

describe('a look at what relabelling would do', () => {
  let prometheus: RecordedPrometheus;
  const dispatcher = new Agent();

  beforeAll(async () => {
    prometheus = await prometheusWith(recorded);
  });
  afterAll(async () => {
    await dispatcher.close();
    await prometheus.stop();
  });

  const look = (given = {}) => {
    const source = testSource({ id: 'shop', url: prometheus.url, dialect: 'auto', ...given });
    const client = createPrometheusClient({ url: prometheus.url, dispatcher });
    return previewRelabelling(client, source, window).then((preview) => ({ source, preview }));
  };

  it('has every name that is there, with what becomes of it', async () => {
    const { preview } = await look({ relabelling: rules });
    expect(preview).toMatchObject({ dialect: 'tempo', pairs: 5, pairsDropped: 1 });
    expect(
      preview.names.map(({ side, before, after, pairs }) => [side, before, after, pairs]),
    ).toEqual([
      ['server', 'Cache', 'cache', 1],
      ['server', 'api', 'api', 4],
      ['client', 'probe', null, 1],
      ['client', 'web', 'web', 1],
      ['client', 'web-1', 'web', 2],
      ['client', 'web-2', 'web', 1],
    ]);
    expect(preview.merges).toEqual([{ after: 'web', before: ['web', 'web-1', 'web-2'] }]);
  });

  it('is laid out for people: changes, drops with their rule, merges', async () => {
    const { source, preview } = await look({ relabelling: rules });
    expect(linesOf(source, preview)).toEqual([
      'shop: 3 rules, 5 pairs now, 1 of them dropped',
      '  becomes',
      '    Cache  →  cache  server  1 pair',
      '    web-1  →  web    client  2 pairs',
      '    web-2  →  web    client  1 pair',
      '  dropped',
      '    probe  client  1 pair  by relabel[2]: drop name =~ probe',
      '  merges',
      '    web  ←  web, web-1, web-2',
      '  unchanged: 2 names',
    ]);
  });

  it('says so where there are no rules, or no metrics', async () => {
    const plain = await look();
    expect(linesOf(plain.source, plain.preview)).toEqual([
      'shop: 0 rules, 5 pairs now, 0 of them dropped',
      '  unchanged: 6 names',
    ]);
    const none = await look({ matchers: ['tenant="nobody"'] });
    expect(linesOf(none.source, none.preview)).toEqual([
      'shop: 0 rules, 0 pairs now: it has no service graph metrics',
    ]);
  });
});
