import process from 'node:process';

/** A terminal's Ctrl-C arrives twice under npm: from the terminal and passed on by npm. */
const SAME_PRESS_MS = 1000;

/**
 * Whatever ends this process stops the stack first.
 *
 * @param {{ end: (exitCode: number, why?: string) => Promise<void>, isEnding: () => boolean }} stack
 */
export function onEnd({ end, isEnding }) {
  let firstAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (!isEnding()) {
        firstAt = performance.now();
        void end(0);
      } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_PRESS_MS) {
        // Asked twice: the guard of the processes stops what is left, without us waiting for it.
        process.exit(1);
      }
    });
  }
  /** @param {unknown} error */
  const crash = (error) => {
    void end(1, `The launcher itself failed (${error instanceof Error ? error.message : error}).`);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // The reader of our lines went away, as in `npm start | head`.
  process.stdout.on('error', () => void end(0));

  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end(0);
  }, 1000).unref();
}
