import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';

export type Problem = components['schemas']['Problem'];

/** A client of the API at `baseUrl`; paths, parameters and answers have the types of the contract. */
export function createTopologClient(options: ClientOptions): Client<paths> {
  return createClient<paths>({
    // The API takes several values with commas between.
    querySerializer: { array: { style: 'form', explode: false } },
    ...options,
  });
}

/** The API answered with a problem; decide by its `code`. */
export class ProblemError extends Error {
  readonly problem: Problem | undefined;

  constructor(problem: Problem | undefined) {
    super(problem?.detail ?? 'The API gave no answer that can be read.');
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

interface PageAnswer<Item> {
  readonly data?: { readonly items: readonly Item[]; readonly nextCursor: string | null };
  readonly error?: Problem | undefined;
}

/** What a page is asked with beside the filters. */
interface Next<Field> {
  cursor?: string;
  fields?: Field[];
}

/**
 * Every item of a list, page after page: all fields of each, or those that are named.
 *
 * `eachItem((next) => client.GET('/api/v1/services', { params: { query: { ...next } } }))`
 *
 * @throws ProblemError where a page is refused.
 */
export async function* eachItem<Item extends object, Field extends keyof Item = keyof Item>(
  ask: (next: Next<Field>) => Promise<PageAnswer<Item>>,
  fields?: readonly Field[],
): AsyncGenerator<Pick<Required<Item>, Field>> {
  const next: Next<Field> = fields === undefined ? {} : { fields: [...fields] };
  for (;;) {
    const { data, error } = await ask(next);
    if (data === undefined) throw new ProblemError(error);
    // The contract has all fields of an item optional, because `fields` leaves some out.
    yield* data.items as readonly Pick<Required<Item>, Field>[];
    if (data.nextCursor === null) return;
    next.cursor = data.nextCursor;
  }
}
