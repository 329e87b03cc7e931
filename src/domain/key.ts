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

/** Whether a key is of use at an instant; `revoked` is for ever. */
export function keyStateOf(
  key: { readonly revokedAtMillis: number | null; readonly expiresAtMillis: number | null },
  nowMillis: number,
): KeyState {
  if (key.revokedAtMillis !== null) return 'revoked';
  return key.expiresAtMillis !== null && key.expiresAtMillis <= nowMillis ? 'expired' : 'active';
}
