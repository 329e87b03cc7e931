import { AppError, messageOf } from './errors.ts';
import { say } from './output.ts';
import { plainText } from './plain-text.ts';

/** What the operating system says when a port is taken. */
function isAddressInUse(error: unknown): error is NodeJS.ErrnoException & { port?: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/**
 * Runs a process's main function; an error it throws ends the process with 1 and one sentence on
 * standard error, without a stack where the error is ours.
 */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    say(sentenceOf(error));
    process.exit(1);
  });
}

function sentenceOf(error: unknown): string {
  if (error instanceof AppError) {
    // What is wrong with a configuration is a list, a line each, and none of it is anybody else's text.
    return error.code === 'InvalidConfiguration' ? error.message : plainText(error.message);
  }
  if (isAddressInUse(error)) {
    return `Port ${error.port ?? ''} is in use: stop what uses it, or set PORT or WORKER_PORT to another.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
