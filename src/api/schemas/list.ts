import { z } from '@hono/zod-openapi';
import { emptyField } from './emptiness.ts';
import { listParameter, wholeNumber } from './parameters.ts';

/** Most items on a page. */
export const maxPage = 1000;

/** What every list takes beside its filters. */
export function listQuery<Shape extends z.ZodRawShape>(item: z.ZodObject<Shape>) {
  return {
    limit: wholeNumber({
      name: 'limit',
      min: 1,
      max: maxPage,
      default: 100,
      description: 'Most items on the page.',
    }),
    cursor: z
      .string({ error: 'must be given once' })
      .optional()
      .openapi({
        param: { name: 'cursor', in: 'query' },
        description:
          '`nextCursor` of the page before, with the same filters; left out for the first page.',
      }),
    fields: listParameter('fields', fieldNames(item), 'Only these fields of each item.'),
  };
}

/** A page of a list: its items, where it goes on, and what else the list says. */
export function listSchema<Shape extends z.ZodRawShape, More extends z.ZodRawShape>(
  name: string,
  item: z.ZodObject<Shape>,
  example: z.output<z.ZodObject<Shape>>,
  more: More,
) {
  const listed = z.object(item.shape).partial().openapi(`${name}Item`, {
    description: 'All fields where `fields` is not given, else those that it names.',
    example,
  });
  return z
    .object({
      items: z.array(listed),
      nextCursor: z.string().nullable().openapi({
        description: 'Cursor of the next page; null on the last one.',
      }),
      limit: z.int().openapi({ description: 'Most items on a page, as asked.', example: 100 }),
      empty: emptyField,
      ...more,
    })
    .openapi(`${name}Page`, { description: 'A page of a list.' });
}

/** The items with the fields that were asked for; with all of them where none were named. */
export function selected<Item extends object, Field extends keyof Item>(
  items: readonly Item[],
  fields: readonly Field[] | undefined,
): Partial<Item>[] {
  if (fields === undefined) return [...items];
  return items.map((item) => {
    const some: Partial<Item> = {};
    for (const field of fields) some[field] = item[field];
    return some;
  });
}

function fieldNames<Shape extends z.ZodRawShape>(item: z.ZodObject<Shape>) {
  return Object.keys(item.shape) as (keyof Shape & string)[];
}
