/** What goes wrong while launching. The message is one sentence that says what to do. */
export class StackError extends Error {
  /**
   * @param {string} message
   * @param {{ exitCode?: number, cause?: unknown }} [options]
   */
  constructor(message, options = {}) {
    super(sentence(message), { cause: options.cause });
    this.name = 'StackError';
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * @param {unknown} error
 * @returns {string | undefined} such as ENOENT
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/**
 * @param {string} text
 * @returns {string} beginning with a capital, as names within sentences need not
 */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
