import { z } from '@hono/zod-openapi';
import { dependencyStates, modes } from '../../domain/dependency.ts';
import { serviceKinds } from '../../domain/service.ts';
import { narrowed, type View } from '../../domain/view.ts';
import type { GraphFilter } from '../../graph/graph-pages.ts';
import type { Direction } from '../../graph/queries.ts';
import { atParameter, exactParameter, listParameter, wholeNumber } from '../schemas/parameters.ts';

const directions = ['both', 'downstream', 'upstream'] as const;

/** Which part of the graph is asked for; the same for every format. */
export const selectionShape = {
  focus: exactParameter(
    'focus',
    'Only what is around this service: its id, or its name where only one service has it.',
    'shop:checkout',
  ),
  depth: wholeNumber({
    name: 'depth',
    min: 1,
    max: 10,
    default: 2,
    description: 'Hops around the focus.',
  }),
  direction: z
    .enum(directions, { error: `must be one of ${directions.join(', ')}` })
    .default('both')
    .openapi({
      param: { name: 'direction', in: 'query', required: false },
      description: 'From the focus: what it depends on (downstream), who depends on it (upstream).',
    }),
  environment: exactParameter(
    'environment',
    'Only dependencies with both ends in this environment.',
    'production',
  ),
  team: exactParameter('team', 'Only dependencies with both ends of this team.', 'payments'),
  namespace: exactParameter(
    'namespace',
    'Only dependencies with an end in this namespace.',
    'shop',
  ),
  kind: listParameter('kind', serviceKinds, 'Only dependencies with an end of these kinds.'),
  state: listParameter('state', dependencyStates, 'Only dependencies believed so.'),
  mode: listParameter('mode', modes, 'Only dependencies that have one of these modes.'),
  at: atParameter,
};

type Asked = z.output<z.ZodObject<typeof selectionShape>>;

/** Which part of the graph is read for a caller. */
export interface Selection {
  readonly view: View;
  readonly filter: GraphFilter;
  readonly focus: {
    readonly word: string;
    readonly direction: Direction;
    readonly depth: number;
  } | null;
}

export function selectionOf(asked: Asked, caller: View): Selection {
  const { environment, team, namespace, kind: kinds, state: states, mode } = asked;
  const only = (word: string | undefined) => (word === undefined ? null : [word]);
  return {
    view: narrowed(caller, { environments: only(environment), teams: only(team) }),
    filter: { namespace, kinds, states, modes: mode },
    focus:
      asked.focus === undefined
        ? null
        : { word: asked.focus, direction: asked.direction, depth: asked.depth },
  };
}
