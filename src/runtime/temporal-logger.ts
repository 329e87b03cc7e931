import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from './logger.ts';

const levels = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/** Sends the Temporal SDK's logs through ours, and leaves signals to the process. */
export function installTemporalRuntime(logger: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { error, ...temporal } = { error: undefined, ...meta };
      logger[levels[level]]({ temporal, err: error }, message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } } },
  });
}
