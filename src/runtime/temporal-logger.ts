import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from './logger.ts';

const levels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/**
 * Sends the Temporal SDK's logs through ours, and leaves signals to the process; `metricsAddress` is
 * where its own metrics are served, `null` for nowhere.
 */
export function installTemporalRuntime(logger: Logger, metricsAddress: string | null): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { error, trace_id, span_id, ...temporal } = { ...nothing, ...meta };
      const span = trace_id === undefined ? {} : { trace_id, span_id };
      const { workflowId, runId } = temporal;
      logger[levels[level]]({ workflowId, runId, ...span, temporal, err: error }, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(metricsAddress === null ? {} : { metrics: metricsAt(metricsAddress) }),
    },
  });
}

const nothing = {
  error: undefined,
  trace_id: undefined,
  span_id: undefined,
  workflowId: undefined,
  runId: undefined,
};

/** The SDK serves its metrics by itself, named as Prometheus would have them. */
function metricsAt(bindAddress: string) {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
    },
  };
}
