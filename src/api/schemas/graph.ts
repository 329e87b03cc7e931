import { z } from '@hono/zod-openapi';
import { dependencySchema } from './dependency.ts';
import { emptyField } from './emptiness.ts';
import { standingShape } from './freshness.ts';
import { serviceSchema } from './service.ts';
import { instant } from './time.ts';
import { topologyDependencySchema, topologyServiceSchema } from './topology.ts';

const distance = z.int().min(1).optional().openapi({
  description: 'Hops from the focus, where there is one; 1 touches it.',
  example: 1,
});
const at = instant('At which instant; null for the present.').nullable();
const truncated = z.boolean().openapi({
  description: 'Whether the answer was cut because there are too many dependencies.',
});

/** The graph with its traffic. */
export const graphSchema = z
  .object({
    at,
    services: z.array(serviceSchema),
    dependencies: z.array(
      dependencySchema.extend({ distance }).openapi('GraphDependency', {
        description: 'The client depends on the server.',
      }),
    ),
    truncated,
    empty: emptyField,
    ...standingShape,
  })
  .openapi('Graph');

/** The graph without anything that evidence moves. */
export const topologySchema = z
  .object({
    at,
    services: z.array(topologyServiceSchema),
    dependencies: z.array(topologyDependencySchema.extend({ distance })),
    truncated,
  })
  .openapi('Topology', { description: 'What `view=topology` answers.' });

/** What Cytoscape takes; the attributes of elements are those of services and dependencies, flat. */
export const cytoscapeSchema = z
  .object({
    elements: z.array(
      z.object({
        group: z.enum(['nodes', 'edges']).openapi({ description: 'A service, or a dependency.' }),
        data: z.looseObject({ id: z.string() }).openapi({
          description: 'Its attributes; those of an edge include `source` and `target`.',
          example: { id: 'shop:checkout', name: 'checkout', kind: 'service' },
        }),
      }),
    ),
    data: z
      .object({
        at,
        truncated,
        freshness: standingShape.freshness.optional(),
        coverage: standingShape.coverage.optional(),
      })
      .openapi({ description: 'What is said of the whole.' }),
  })
  .openapi('CytoscapeGraph', { description: 'What `format=cytoscape` answers.' });
