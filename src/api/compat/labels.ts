import type { ServiceRow } from '../../graph/resolve-service.ts';

/** What a service is called where only a name is shown: its name where no other has it, else its id. */
export function labelsOf(services: readonly ServiceRow[]): ReadonlyMap<string, string> {
  const count = new Map<string, number>();
  for (const { name } of services) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(services.map(({ id, name }) => [id, count.get(name) === 1 ? name : id]));
}
