/** What a key may do; `admin` may do everything. */
export const scopes = ['read', 'run', 'declare', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Who asks: a key, or nobody in particular where no keys are asked for. */
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
