import type { Reading } from '../../src/domain/dependency.ts';

/** Ways in which one source may be read side by side. */
export const tempo: Reading = { dialect: 'tempo', variant: null };
export const beyla: Reading = { dialect: 'beyla', variant: null };
export const waypoint: Reading = { dialect: 'istio', variant: 'waypoint' };
