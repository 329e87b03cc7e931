import { type DestinationStream, type Logger, pino } from 'pino';
import { withoutKeys } from './without-keys.ts';

export type { Logger };

/** Creates the process's logger: one JSON object a line on standard output, or elsewhere. */
export function createLogger(
  options: { level: string; process: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.level,
    base: { process: options.process },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretPaths, censor: '[secret]' },
    // A key may stand anywhere: in a path that was asked for, or in an error of somebody else's.
    hooks: { streamWrite: withoutKeys },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

const secretPaths = ['password', 'authorization', 'Authorization', 'cookie', 'secret'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);
