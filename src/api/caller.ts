import { type Scope, scopes } from '../domain/key.ts';

export { type Scope, scopes } from '../domain/key.ts';

/** Who asks: a key, or nobody in particular where no keys are asked for; also the view it has. */
export interface Caller {
  /** Public id of the key; `null` where the API is open. */
  readonly keyId: string | null;
  readonly scopes: ReadonlySet<Scope>;
  /** The only environments it may see; `null` for all. */
  readonly environments: readonly string[] | null;
  /** The only teams it may see; `null` for all. */
  readonly teams: readonly string[] | null;
}

/** The caller of an API that asks for no key. */
export const anybody: Caller = {
  keyId: null,
  scopes: new Set(scopes),
  environments: null,
  teams: null,
};

/** Who has not shown a key that is of use: may and sees nothing. */
export const nobody: Caller = { keyId: null, scopes: new Set(), environments: [], teams: [] };
