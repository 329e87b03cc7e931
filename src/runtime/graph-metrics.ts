import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { OnStatement, OnTransaction } from '../graph/database.ts';

/** Observers of statements and transactions; labels are files' names and closed sets. */
export function createGraphMetrics(registry: Registry): {
  onStatement: OnStatement;
  onTransaction: OnTransaction;
} {
  const registers = [registry];
  const duration = new Histogram({
    name: 'topolog_neo4j_statement_duration_seconds',
    help: 'Time a statement took, by its file.',
    labelNames: ['statement'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
    registers,
  });
  const open = new Gauge({
    name: 'topolog_neo4j_transactions_open',
    help: 'Transactions that are open or wait for a connection; each has a session of its own.',
    labelNames: ['access'],
    registers,
  });
  const wait = new Histogram({
    name: 'topolog_neo4j_connection_wait_seconds',
    help: 'Time until a transaction had a connection of the pool and had begun.',
    labelNames: ['access'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const repeats = new Counter({
    name: 'topolog_neo4j_transaction_repeats_total',
    help: 'Times that a transaction was repeated after a passing fault.',
    labelNames: ['access'],
    registers,
  });
  const failures = new Counter({
    name: 'topolog_neo4j_transaction_failures_total',
    help: 'Transactions that failed for good; what was not found, or is waited for no more, is none.',
    labelNames: ['access'],
    registers,
  });
  for (const access of ['READ', 'WRITE']) {
    open.set({ access }, 0);
    repeats.inc({ access }, 0);
    failures.inc({ access }, 0);
  }

  return {
    onStatement: (statement, durationSeconds) => duration.observe({ statement }, durationSeconds),
    onTransaction(access) {
      const since = performance.now();
      let attempts = 0;
      open.inc({ access });
      return {
        began() {
          if (attempts > 0) repeats.inc({ access });
          else wait.observe({ access }, (performance.now() - since) / 1000);
          attempts += 1;
        },
        ended(error) {
          open.dec({ access });
          if (error !== null) failures.inc({ access });
        },
      };
    },
  };
}
