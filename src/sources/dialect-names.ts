/** The producers whose spelling of a service graph is known. */
export const dialectNames = ['tempo', 'otel-collector', 'beyla', 'istio', 'linkerd'] as const;
export type DialectName = (typeof dialectNames)[number];

/** What a source may be configured with: a dialect, or to look which one its metrics have. */
export type DialectSetting = DialectName | 'auto';

/** Who says how many requests there were, in Istio; counting two of them counts twice. */
export const istioReporters = ['source', 'destination', 'waypoint'] as const;
export type IstioReporter = (typeof istioReporters)[number];
