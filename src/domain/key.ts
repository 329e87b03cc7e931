import type { View } from './view.ts';

/** What a key may do; `admin` may do everything. */
export const scopes = ['read', 'run', 'declare', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** What a key is made for; as a `View` it is the part of the graph that the key sees. */
export interface KeyTerms extends View {
  /** What people call it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** From when on it is refused, in epoch milliseconds; `null` for never. */
  readonly expiresAtMillis: number | null;
}

/**
 * Who makes or rotates a key where nobody is known: an API that asks for no key once did that.
 *
 * Anybody's page may have asked it, so such a key is of no use where keys are asked for.
 */
export const nobodyInParticular = 'nobody in particular';

const longestName = 100;
/** As nothing of it is printed in the command line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** What is wrong with the name of a key, in a sentence; `null` where nothing is. */
export function problemOfName(name: string): string | null {
  if (name.trim() === '') return 'A key needs a name: say who or what uses it.';
  if (name.length > longestName) return `The name of a key has at most ${longestName} characters.`;
  if (unprintable.test(name)) {
    return 'The name of a key has characters that are not printed, such as controls: leave them out.';
  }
  return null;
}

/** Whether somebody with these scopes may do what needs that one. */
export function permits(held: ReadonlySet<Scope>, wanted: Scope): boolean {
  return held.has(wanted) || held.has('admin');
}

/** Whether somebody sees a part of the graph only. */
export function isRestricted({ environments, teams }: View): boolean {
  return environments !== null || teams !== null;
}

/** Scopes that reach past any view: runs read whole sources, and admins make keys without limits. */
const unbounded: readonly Scope[] = ['run', 'admin'];

/** Why there can be no key on these terms, in a sentence; `null` where there can. */
export function problemOfTerms(terms: KeyTerms, nowMillis: number): string | null {
  const problemWithName = problemOfName(terms.name);
  if (problemWithName !== null) return problemWithName;
  if (terms.scopes.length === 0) return `A key needs one of the scopes ${scopes.join(', ')}.`;
  const tooMuch = terms.scopes.filter((scope) => unbounded.includes(scope));
  if (isRestricted(terms) && tooMuch.length > 0) {
    return `A key of some environments or teams cannot have the scope ${tooMuch.join(' or ')}.`;
  }
  if (terms.environments?.length === 0 || terms.teams?.length === 0) {
    return 'A key of no environment or of no team would see nothing: name one, or leave it out.';
  }
  if (terms.expiresAtMillis !== null && terms.expiresAtMillis <= nowMillis) {
    return 'A key must expire later than now.';
  }
  return null;
}

export const keyStates = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

/** What says whether a key is of use, and who it is from. */
export interface KeyRecord {
  readonly createdBy: string;
  readonly rotatedBy: string | null;
  readonly revokedAtMillis: number | null;
  readonly expiresAtMillis: number | null;
}

/** Whether a key is of use at an instant; `revoked` is for ever. */
export function keyStateOf(key: KeyRecord, nowMillis: number): KeyState {
  if (key.revokedAtMillis !== null || isOfNobody(key)) return 'revoked';
  return key.expiresAtMillis !== null && key.expiresAtMillis <= nowMillis ? 'expired' : 'active';
}

type KeyOrigin = Pick<KeyRecord, 'createdBy' | 'rotatedBy'>;

/** Whether the secret of a key went to whoever asked an API that asked for no key. */
function isOfNobody({ createdBy, rotatedBy }: KeyOrigin): boolean {
  return createdBy === nobodyInParticular || rotatedBy === nobodyInParticular;
}

/** The keys that were made or rotated without a key, and all that were made or rotated with them. */
export function keysOfNobody(keys: readonly (KeyOrigin & { readonly id: string })[]): Set<string> {
  const found = new Set(keys.filter(isOfNobody).map(({ id }) => id));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { id, createdBy, rotatedBy } of keys) {
      if (found.has(createdBy) || found.has(rotatedBy ?? '')) found.add(id);
    }
  }
  return found;
}
