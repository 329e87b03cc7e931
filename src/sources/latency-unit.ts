/** The units in which producers write latencies. */
export const latencyUnits = ['seconds', 'milliseconds'] as const;
export type LatencyUnit = (typeof latencyUnits)[number];
