import { z } from '@hono/zod-openapi';
import { type ChangeType, changeTypes } from '../../domain/change.ts';
import type { ChangeFilter } from '../../graph/change-queries.ts';
import type { Moment } from '../../runtime/instant.ts';
import { beginOf, endOf } from '../as-of.ts';
import { exactParameter, listParameter, momentParameter } from './parameters.ts';

/** Which changes are asked for; the same for the list and the stream. */
export const changeFilterShape = {
  since: momentParameter('since', 'Only what holds from then or later.'),
  until: momentParameter('until', 'Only what holds from before then.'),
  type: listParameter('type', changeTypes, 'Only of these types.'),
  service: exactParameter(
    'service',
    'Only of this service and its dependencies: its id, or its name.',
    'checkout',
  ),
  environment: exactParameter(
    'environment',
    'Only of services and dependencies that touch this environment.',
    'production',
  ),
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
    sinceMillis: beginOf(since, nowMillis),
    untilMillis: endOf(until, nowMillis),
    types: type,
    service,
    environment,
  };
}

/** A place in the changelog: the number of the last change that is known. */
export const afterParameter = z
  .string({ error: 'must be given once' })
  .regex(/^\d{1,15}$/, { error: 'must be the number of a change' })
  .transform(Number)
  .optional()
  .openapi({
    param: { name: 'after', in: 'query' },
    type: 'integer',
    minimum: 0,
    description:
      'Only what was written after the change with this number: `sequence` of an earlier answer, or 0.',
    example: 4711,
  });
