import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The metrics of a process: Node's own, and which Topolog it is. */
export function createProcessMetrics(info: {
  readonly process: 'api' | 'worker';
  readonly version: string;
}): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'topolog_build_info',
    help: 'Always 1; which process of which version this is.',
    labelNames: ['process', 'version'],
    registers: [registry],
  }).set({ ...info }, 1);
  return registry;
}
