import { z } from 'zod';
import { nearestOf, wordsNear } from '../domain/near-names.ts';
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
/** Names on either side of a mistyped one that are compared with it. */
const maxNeighbours = 20;

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
const nearRow = z.object({ id: z.string(), name: z.string() });

/**
 * The service a word means, now or at an instant; services outside of the view are not there.
 *
 * @throws AppError `ServiceNotFound`, or `AmbiguousService` with `details.candidates`; the
 * first with `details.suggestions` where something like it is there.
 */
export async function resolveService(
  transaction: Transaction,
  view: View,
  word: string,
  at: At,
): Promise<ServiceRow> {
  const rows = await servicesNamed(transaction, view, word, at);
  const [first] = rows;
  if (first === undefined) throw await notFound(transaction, view, word, at);
  if (first.match < byName || rows.length === 1) return withoutMatch(first);
  throw new AppError(
    'AmbiguousService',
    `Several services are called "${word}": name one of the candidates by its id.`,
    { details: { candidates: rows.map(({ id }) => id) } },
  );
}

/** The error of a word that means no service; it names what was probably meant, as far as it is seen. */
async function notFound(
  transaction: Transaction,
  view: View,
  word: string,
  at: At,
): Promise<AppError> {
  const words = wordsNear(word);
  const params = { words, at, limit: maxNeighbours, ...viewParams(view) };
  const near =
    words.length === 0 ? [] : await transaction.rows('query/services-near', params, nearRow);
  const suggestions = nearestOf(word, near);
  const sentence = `There ${at === null ? 'is' : 'was'} no service with the id or name "${word}".`;
  if (suggestions.length === 0) return new AppError('ServiceNotFound', sentence);
  const meant = suggestions.join(' or ');
  return new AppError('ServiceNotFound', `${sentence} Did you mean ${meant}?`, {
    details: { suggestions },
  });
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
