import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createGraphMetrics } from '../../src/runtime/graph-metrics.ts';

function metricsOf() {
  const registry = new Registry();
  const observers = createGraphMetrics(registry);
  const value = async (series: string) => {
    const text = await registry.metrics();
    return text.split('\n').find((line) => line.startsWith(`topolog_neo4j_${series} `));
  };
  return { ...observers, value };
}

describe('transactions', () => {
  it('are open until they end, and wait once however often they are repeated', async () => {
    const { onTransaction, value } = metricsOf();
    const one = onTransaction('WRITE');
    one.began();
    one.began();
    expect(await value('transactions_open{access="WRITE"}')).toMatch(/ 1$/);
    expect(await value('transaction_repeats_total{access="WRITE"}')).toMatch(/ 1$/);
    expect(await value('connection_wait_seconds_count{access="WRITE"}')).toMatch(/ 1$/);
    one.ended(null);
    expect(await value('transactions_open{access="WRITE"}')).toMatch(/ 0$/);
    expect(await value('transaction_failures_total{access="WRITE"}')).toMatch(/ 0$/);
  });

  it('that fail are counted, also those that never began', async () => {
    const { onTransaction, value } = metricsOf();
    onTransaction('READ').ended(new Error('no connection'));
    expect(await value('transaction_failures_total{access="READ"}')).toMatch(/ 1$/);
    expect(await value('transactions_open{access="READ"}')).toMatch(/ 0$/);
  });
});

describe('statements', () => {
  it('are timed by their file, failed ones too', async () => {
    const { onStatement, value } = metricsOf();
    onStatement('query/graph', 0.2, null);
    onStatement('query/graph', 15, new Error('too long'));
    expect(await value('statement_duration_seconds_count{statement="query/graph"}')).toMatch(/ 2$/);
    expect(await value('statement_duration_seconds_sum{statement="query/graph"}')).toMatch(
      /15\.2$/,
    );
  });
});
