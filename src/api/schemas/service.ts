import { z } from '@hono/zod-openapi';
import { serviceKinds } from '../../domain/service.ts';
import type { ServiceRow } from '../../graph/resolve-service.ts';
import { exampleService } from './examples.ts';
import { instant, toIso } from './time.ts';

const identityPart = (description: string, example: string) =>
  z.string().openapi({ description: `${description} Empty where it does not apply.`, example });

export const serviceSchema = z
  .object({
    id: z.string().openapi({
      description:
        'Environment, cluster, namespace and name, joined by ":", empty ones at the left left out.',
      example: 'shop:checkout',
    }),
    environment: identityPart('Environment, such as production.', ''),
    cluster: identityPart('Cluster.', ''),
    namespace: identityPart('Namespace.', 'shop'),
    name: z.string().openapi({ description: 'Name, as the source has it.', example: 'checkout' }),
    kind: z.enum(serviceKinds).openapi({ description: 'What it is, as its labels say.' }),
    virtual: z.boolean().openapi({
      description: 'Whether it was only inferred from the other side and has no spans of its own.',
    }),
    team: z
      .string()
      .nullable()
      .openapi({ description: 'Team it belongs to; null until that is declared.', example: null }),
    criticality: z.string().nullable().openapi({
      description: 'How much hangs on it; null until that is declared.',
      example: null,
    }),
    firstSeenAt: instant('End of the first window that showed it.'),
  })
  .openapi('Service', { description: 'A node of the graph.', example: exampleService });

export function toService(row: ServiceRow): z.output<typeof serviceSchema> {
  return {
    id: row.id,
    environment: row.environment,
    cluster: row.cluster,
    namespace: row.namespace,
    name: row.name,
    kind: row.kind,
    virtual: row.virtual,
    team: row.team,
    criticality: row.criticality,
    firstSeenAt: toIso(row.firstSeenAtMillis),
  };
}
