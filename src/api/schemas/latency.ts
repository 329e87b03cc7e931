import { z } from '@hono/zod-openapi';
import { type Latency, latencySides } from '../../domain/latency.ts';

const seconds = (description: string) =>
  z.number().min(0).optional().openapi({ description, example: 0.042 });

const sideSchema = z
  .object({
    p50Seconds: seconds('Half of the requests took at most this long.'),
    p95Seconds: seconds('95 of 100 took at most this long.'),
    p99Seconds: seconds('99 of 100 took at most this long.'),
    meanSeconds: seconds('The mean.'),
  })
  .openapi('LatencyOfSide', {
    description: 'Latency as one side has it, in seconds.',
    example: { p50Seconds: 0.021, p95Seconds: 0.12 },
  });

export const latencySchema = z
  .object({
    server: sideSchema.optional().openapi({ description: 'As the server measured.' }),
    client: sideSchema.optional().openapi({ description: 'As the client measured.' }),
    messaging: sideSchema
      .optional()
      .openapi({ description: 'From sending a message to taking it.' }),
  })
  .openapi('Latency', {
    description:
      'Latency in the latest window, in seconds; what nobody measured is absent. Where several ' +
      'sources or modes showed the dependency, that of the one with most traffic.',
    example: { server: { p50Seconds: 0.021, p95Seconds: 0.12 } },
  });

/** Latency by side; sides without any are left out. */
export function toLatency(latency: Latency): z.output<typeof latencySchema> {
  const sides = latencySides.flatMap((side) => {
    const measures = {
      p50Seconds: latency[`${side}LatencyP50Seconds`],
      p95Seconds: latency[`${side}LatencyP95Seconds`],
      p99Seconds: latency[`${side}LatencyP99Seconds`],
      meanSeconds: latency[`${side}LatencyMeanSeconds`],
    };
    const known = Object.entries(measures).filter(([, value]) => value !== undefined);
    return known.length === 0 ? [] : [[side, Object.fromEntries(known)] as const];
  });
  return Object.fromEntries(sides);
}
