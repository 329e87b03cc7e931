import { z } from 'zod';
import { isIdOf, serviceKinds } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import { AppError } from '../runtime/errors.ts';
import type { Transaction } from './database.ts';

export const serviceRow = z.object({
  id: z.string(),
  environment: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  kind: z.enum(serviceKinds),
  virtual: z.boolean(),
  team: z.string().nullable(),
  criticality: z.string().nullable(),
  firstSeenAtMillis: z.number(),
});
export type ServiceRow = z.output<typeof serviceRow>;

/** At which instant the graph is asked about, in epoch milliseconds; `null`: now. */
export type At = number | null;

const maxCandidates = 20;

/** A view as statements take it. */
export function viewParams({ environments, teams }: View) {
  return {
    environments: environments === null ? null : [...environments],
    teams: teams === null ? null : [...teams],
  };
}

/** How a word names a service: by its id, by an alias of it, or by its name. */
const namedRow = serviceRow.extend({ match: z.number() });
const byName = 2;

/**
 * The service a word means, now or at an instant; services outside of the view are not there.
 *
 * @throws AppError `ServiceNotFound`, or `AmbiguousService` with `details.candidates`.
 */
export async function resolveService(
  transaction: Transaction,
  view: View,
  word: string,
  at: At,
): Promise<ServiceRow> {
  const rows = await servicesNamed(transaction, view, word, at);
  const [first] = rows;
  if (first === undefined) {
    throw new AppError(
      'ServiceNotFound',
      `There ${at === null ? 'is' : 'was'} no service with the id or name "${word}".`,
    );
  }
  if (first.match < byName || rows.length === 1) return withoutMatch(first);
  throw new AppError(
    'AmbiguousService',
    `Several services are called "${word}": name one of the candidates by its id.`,
    { details: { candidates: rows.map(({ id }) => id) } },
  );
}

/** Other services of the same name: pointed out, because they may be the same, and never merged. */
export async function namesakesOf(
  transaction: Transaction,
  view: View,
  service: ServiceRow,
  at: At,
): Promise<ServiceRow[]> {
  const rows = await servicesNamed(transaction, view, service.name, at);
  return rows
    .filter(({ id, name }) => name === service.name && id !== service.id)
    .map(withoutMatch);
}

function servicesNamed(transaction: Transaction, view: View, word: string, at: At) {
  // An alias was an id of its own: it is not there for who did not see the service of that id.
  const aliases = view.environments === null || isIdOf(view.environments, word);
  const params = { word, aliases, limit: maxCandidates, ...viewParams(view) };
  return at === null
    ? transaction.rows('query/services-named', params, namedRow)
    : transaction.rows('query/services-named-at', { ...params, at }, namedRow);
}

function withoutMatch({ match, ...service }: z.output<typeof namedRow>): ServiceRow {
  return service;
}
