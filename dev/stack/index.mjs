// The servers Topolog needs, for `npm start` and for tests: each with its own data and ports.
export { StackError } from './errors.mjs';
export { startNeo4j } from './neo4j.mjs';
export { freePort, LOOPBACK, requireFreePorts } from './ports.mjs';
export { startProcess, waitReady } from './process.mjs';
export { ensureServer } from './programs.mjs';
export { createTerminal } from './progress.mjs';
export { backfill, startPrometheus, startPrometheus2 } from './prometheus.mjs';
export { startRedis } from './redis.mjs';
export { startTemporal } from './temporal.mjs';
export { startThanos } from './thanos.mjs';
export { importSamples, startVictoriaMetrics } from './victoriametrics.mjs';
export { waitUntil } from './wait.mjs';
