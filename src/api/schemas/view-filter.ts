import { narrowed, type View } from '../../domain/view.ts';
import { exactParameter } from './parameters.ts';

/** Which part of the graph is asked about; never more than the caller may see. */
export const viewFilterShape = {
  environment: exactParameter(
    'environment',
    'Only services of this environment, and what lies between them.',
    'production',
  ),
  team: exactParameter('team', 'Only services of this team, and what lies between them.', 'orders'),
};

interface Asked {
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
}

/** What is asked about, of what the caller may see. */
export function viewOf(caller: View, { environment, team }: Asked): View {
  return narrowed(caller, {
    environments: environment === undefined ? null : [environment],
    teams: team === undefined ? null : [team],
  });
}
