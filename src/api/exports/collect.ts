import type { ServiceRow } from '../../graph/resolve-service.ts';
import type { ExportedDependency } from './format.ts';
import type { Reading } from './read-parts.ts';

/** All that is read, up to so many dependencies; ordered by id, and from a focus by distance first. */
export async function collect({ parts, truncated }: Reading, maxDependencies: number) {
  const services: ServiceRow[] = [];
  const dependencies: ExportedDependency[] = [];
  for await (const part of parts) {
    services.push(...part.services);
    dependencies.push(...part.dependencies);
    if (dependencies.length > maxDependencies) break;
  }
  const cut = dependencies.length > maxDependencies;
  const kept = dependencies.slice(0, maxDependencies);
  const ends = new Set(kept.flatMap(({ client, server }) => [client, server]));
  return {
    services: services.filter(({ id }) => !cut || ends.has(id)).sort(byId),
    dependencies: kept.sort((a, b) => (a.distance ?? 0) - (b.distance ?? 0) || byId(a, b)),
    truncated: truncated || cut,
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
