import { messageOf } from './errors.ts';
import { withoutControls } from './plain-text.ts';

/**
 * Has a command end where its standard output cannot be written: quietly where the reader went away,
 * otherwise with one sentence on standard error and 1. What standard error cannot take is lost.
 */
export function watchOutput(): void {
  process.stdout.on('error', endOf);
  process.stderr.on('error', () => {});
}

/** Writes lines to standard output, of which a terminal obeys nothing but their ends; an error of it is known before anything else ends the process. */
export function writeOutput(text: string): void {
  process.stdout.write(withoutControls(text));
  if (process.stdout.errored) endOf(process.stdout.errored);
}

/** Says something on standard error, in lines as `writeOutput` writes them. */
export function say(text: string): void {
  process.stderr.write(`${withoutControls(text)}\n`);
}

function endOf(error: Error): never {
  // As the shell tells of a program that SIGPIPE has ended: with `pipefail` a command that was cut off
  // must not look like one that has done its work.
  if ('code' in error && error.code === 'EPIPE') process.exit(141);
  say(`Standard output cannot be written (${messageOf(error)}).`);
  process.exit(1);
}
