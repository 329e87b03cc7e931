import type { ObservedService } from './service.ts';

/** Ids that stand for another service by the operator's word, and the service each stands for. */
export type Aliases = ReadonlyMap<string, ObservedService>;

/** Aliases as they were read, with the version that a write names again, so that none is missed. */
export interface AliasTable {
  readonly version: number;
  readonly aliases: Aliases;
}
