// Everything the worker registers.
export { ingest } from './ingest.ts';
export { reingest } from './reingest.ts';
export { tick } from './tick.ts';
