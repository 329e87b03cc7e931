import { type Logger, pino } from 'pino';

export type { Logger };

/** Creates the process's logger: one JSON object a line on standard output. */
export function createLogger(options: { level: string; process: string }): Logger {
  return pino({
    level: options.level,
    base: { process: options.process },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        '*.password',
        '*.authorization',
        'headers.authorization',
        'req.headers.authorization',
      ],
      censor: '[secret]',
    },
  });
}
