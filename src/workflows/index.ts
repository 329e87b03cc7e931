// Everything the worker registers.
export { ingest } from './ingest.ts';
export { markStale } from './mark-stale.ts';
export { pruneHistory } from './prune-history.ts';
export { reingest } from './reingest.ts';
export { tick } from './tick.ts';
