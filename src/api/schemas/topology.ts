import type { z } from '@hono/zod-openapi';
import type { DependencyRow } from '../../graph/queries.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { dependencySchema, toDependency } from './dependency.ts';
import { serviceSchema, toService } from './service.ts';

/** A service without when it was seen, which evidence moves. */
export const topologyServiceSchema = serviceSchema
  .omit({ firstSeenAt: true })
  .openapi('TopologyService', { description: 'A node of the graph, without when it was seen.' });

/** A dependency without its traffic and without when it was seen. */
export const topologyDependencySchema = dependencySchema
  .omit({
    requestsPerSecond: true,
    errorRatio: true,
    latency: true,
    firstSeenAt: true,
    lastSeenAt: true,
  })
  .openapi('TopologyDependency', { description: 'What is believed of a dependency.' });

export function toTopologyService(row: ServiceRow): z.output<typeof topologyServiceSchema> {
  const { firstSeenAt, ...service } = toService(row);
  return service;
}

export function toTopologyDependency(
  row: DependencyRow,
): z.output<typeof topologyDependencySchema> {
  const { requestsPerSecond, errorRatio, latency, firstSeenAt, lastSeenAt, ...belief } =
    toDependency(row);
  return belief;
}
