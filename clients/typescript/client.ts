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

/**
 * Every item of a list, page after page, with all of its fields.
 *
 * `eachItem((next) => client.GET('/api/v1/services', { params: { query: next } }))`
 *
 * @throws ProblemError where a page is refused.
 */
export async function* eachItem<Item extends object>(
  ask: (next: { cursor?: string }) => Promise<PageAnswer<Item>>,
): AsyncGenerator<Required<Item>> {
  for (let next: { cursor?: string } = {}; ; ) {
    const { data, error } = await ask(next);
    if (data === undefined) throw new ProblemError(error);
    // The contract has every field of an item optional, because `fields` may leave it out.
    yield* data.items as readonly Required<Item>[];
    if (data.nextCursor === null) return;
    next = { cursor: data.nextCursor };
  }
}

/** Every item of a list with some of its fields; the others are not even sent. */
export function eachItemWith<Item extends object, Field extends string>(
  fields: readonly Field[],
  ask: (next: { cursor?: string; fields: Field[] }) => Promise<PageAnswer<Item>>,
): AsyncGenerator<Pick<Required<Item>, Field & keyof Item>> {
  return eachItem((next) => ask({ ...next, fields: [...fields] }));
}
