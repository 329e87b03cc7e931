import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createIngestMetrics } from '../../src/runtime/ingest-metrics.ts';

const counts = {
  outcome: 'complete',
  observations: 5,
  valuesRead: 9,
  cannotTell: 2,
  reasons: [],
  shards: 3,
  shardsLost: 1,
  splits: 2,
  planSeconds: 0.5,
  readSeconds: 1,
  writeSeconds: 2,
  dropped: { overflow: 3, invalidValue: 1 },
  noted: { addressName: 2 },
};

function metricsOf() {
  const registry = new Registry();
  const metrics = createIngestMetrics(registry);
  return { metrics, lines: async () => (await registry.metrics()).split('\n') };
}

describe('the metrics of reading', () => {
  it('add up what windows showed, by source', async () => {
    const { metrics, lines } = metricsOf();
    metrics.windowRead('a', counts, 1000);
    metrics.windowRead('a', { ...counts, outcome: 'partial', reasons: ['shardLost'] }, 2000);
    metrics.windowRead('b', counts, 1000);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'topolog_ingest_windows_total{source="a",outcome="complete"} 1',
        'topolog_ingest_windows_total{source="a",outcome="partial"} 1',
        'topolog_ingest_windows_total{source="b",outcome="complete"} 1',
        'topolog_ingest_observations_total{source="a"} 10',
        'topolog_ingest_values_read_total{source="a"} 18',
        'topolog_ingest_cannot_tell_total{source="a"} 4',
        'topolog_ingest_values_dropped_total{source="a",reason="overflow"} 6',
        'topolog_ingest_values_dropped_total{source="a",reason="invalidValue"} 2',
        'topolog_ingest_observations_noted_total{source="a",note="addressName"} 4',
        'topolog_ingest_window_doubts_total{source="a",reason="shardLost"} 1',
        'topolog_ingest_shards_total{source="a"} 6',
        'topolog_ingest_shards_lost_total{source="a"} 2',
        'topolog_ingest_shard_splits_total{source="a"} 4',
        'topolog_ingest_step_duration_seconds_sum{source="a",step="plan"} 1',
        'topolog_ingest_step_duration_seconds_sum{source="a",step="read"} 2',
        'topolog_ingest_step_duration_seconds_sum{source="a",step="write"} 4',
      ]),
    );
  });

  it('count repeated requests by source', async () => {
    const { metrics, lines } = metricsOf();
    metrics.retried('a');
    metrics.retried('a');
    expect(await lines()).toContain('topolog_ingest_request_retries_total{source="a"} 2');
  });

  const lastComplete = (lines: readonly string[]) =>
    lines.filter((line) => line.startsWith('topolog_ingest_last_complete_window_end_timestamp'));

  it('name the latest complete window; a late one does not take them back', async () => {
    const { metrics, lines } = metricsOf();
    metrics.windowRead('a', counts, 900_000);
    metrics.windowRead('a', counts, 1_800_000);
    metrics.windowRead('a', counts, 900_000);
    expect(lastComplete(await lines())).toEqual([
      'topolog_ingest_last_complete_window_end_timestamp_seconds{source="a"} 1800',
    ]);
  });

  it.each(['partial', 'suspicious', 'failed'])(
    'name no complete window after one that is %s',
    async (outcome) => {
      const { metrics, lines } = metricsOf();
      metrics.windowRead('a', { ...counts, outcome }, 900_000);
      expect(lastComplete(await lines())).toEqual([]);
    },
  );
});
