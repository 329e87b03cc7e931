import { z } from '@hono/zod-openapi';
import { type ChangeType, changeTypes } from '../../domain/change.ts';
import type { ChangeFilter } from '../../graph/change-queries.ts';
import { instantOf } from '../as-of.ts';
import { type Moment, momentParameter } from './parameters.ts';

const typeError = `must be one of ${changeTypes.join(', ')}, or several of them with commas between`;
const isChangeType = (text: string): text is ChangeType =>
  changeTypes.some((type) => type === text);

/** Which changes are asked for; the same for the list and the stream. */
export const changeFilterShape = {
  since: momentParameter('since', 'Only what holds from then or later.'),
  until: momentParameter('until', 'Only what holds from before then.'),
  type: z
    .string({ error: typeError })
    .transform((text, context) => {
      const types = text.split(',').filter(isChangeType);
      if (types.length === text.split(',').length) return types;
      context.addIssue({ code: 'custom', message: typeError });
      return z.NEVER;
    })
    .optional()
    .openapi({
      param: { name: 'type', in: 'query' },
      type: 'string',
      description: 'Only of these types, with commas between.',
      example: 'dependency.discovered,dependency.stale',
    }),
  service: z
    .string({ error: 'must be given once' })
    .min(1)
    .max(2048)
    .optional()
    .openapi({
      param: { name: 'service', in: 'query' },
      description: 'Only of this service and its dependencies: its id, or its name.',
    }),
  environment: z
    .string({ error: 'must be given once' })
    .max(512)
    .optional()
    .openapi({
      param: { name: 'environment', in: 'query' },
      description: 'Only of services and dependencies that touch this environment.',
    }),
};

interface Asked {
  readonly since?: Moment | undefined;
  readonly until?: Moment | undefined;
  readonly type?: readonly ChangeType[] | undefined;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

export function changeFilterOf(asked: Asked, nowMillis: number): ChangeFilter {
  const { since, until, type, service, environment } = asked;
  return {
    sinceMillis: since === undefined ? undefined : instantOf(since, nowMillis),
    untilMillis: until === undefined ? undefined : instantOf(until, nowMillis),
    types: type,
    service,
    environment,
  };
}

/** A place in the changelog: the number of the last change that is known. */
export const sequenceCursor = z
  .string({ error: 'must be given once' })
  .regex(/^\d{1,15}$/, {
    error: 'must be `nextCursor` of the page before, or the number of a change',
  })
  .transform(Number)
  .optional()
  .openapi({
    param: { name: 'cursor', in: 'query' },
    type: 'string',
    description:
      'Only what was written after this: `nextCursor` of the page before, or the number of a change.',
    example: '4711',
  });
