/** What of the graph somebody looks at; `null` is no restriction. */
export interface View {
  /** The only environments that are seen. */
  readonly environments: readonly string[] | null;
  /** The only teams whose services are seen. */
  readonly teams: readonly string[] | null;
}

/** The view of somebody who sees everything. */
export const everything: View = { environments: null, teams: null };

/** What decides whether a service is seen: where it is, and whose it is now. */
export interface Seen {
  readonly environment: string;
  readonly team: string | null;
}

/**
 * Whether a service is in a view; one that is not does not exist for who looks.
 *
 * A dependency or a change is in a view where all services it is about are.
 */
export function sees({ environments, teams }: View, { environment, team }: Seen): boolean {
  if (environments !== null && !environments.includes(environment)) return false;
  return teams === null || (team !== null && teams.includes(team));
}

/** What is in both views: a filter that somebody asks for never shows more than they may see. */
export function narrowed(view: View, by: View): View {
  return {
    environments: inBoth(view.environments, by.environments),
    teams: inBoth(view.teams, by.teams),
  };
}

function inBoth(
  left: readonly string[] | null,
  right: readonly string[] | null,
): readonly string[] | null {
  if (left === null || right === null) return left ?? right;
  return left.filter((one) => right.includes(one));
}
