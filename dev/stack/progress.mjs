/** @typedef {(line: string) => void} Log */

/**
 * @typedef {object} Terminal
 * @property {Log} line prints a line
 * @property {(text: string) => Progress} progress shows that something takes its time
 * @property {() => void} cancel ends all progress: what was going on is being stopped
 */

/** @typedef {{ done: (ending?: string) => void, tell: (detail: string) => void }} Progress */

/** @param {number} ms */
export function elapsed(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/**
 * Progress in place on a terminal, a line every 15 seconds into a file or a pipe.
 *
 * @param {{ write: (text: string) => unknown, isTTY?: boolean | undefined }} [out]
 * @returns {Terminal}
 */
export function createTerminal(out = process.stdout) {
  const inPlace = out.isTTY === true;
  /** @type {string} what stands on the line that is being updated */
  let open = '';
  /** @type {Set<(ending: string) => void>} */
  const underway = new Set();

  /** @param {string} text */
  const line = (text) => {
    out.write(open === '' ? `${text}\n` : `\r\u001b[K${text}\n${open}`);
  };

  /** @param {string} text */
  const progress = (text) => {
    const from = performance.now();
    let detail = '';
    const show = () => {
      const now = `${text}${detail} … ${elapsed(performance.now() - from)}`;
      if (!inPlace) return line(now);
      open = now;
      out.write(`\r\u001b[K${now}`);
    };
    if (inPlace) show();
    else line(`${text} …`);
    const timer = setInterval(show, inPlace ? 1000 : 15_000);
    timer.unref();
    const done = (ending = 'done') => {
      if (!underway.delete(done)) return;
      clearInterval(timer);
      if (inPlace) out.write('\r\u001b[K');
      open = '';
      line(`${text} … ${ending} in ${elapsed(performance.now() - from)}`);
    };
    underway.add(done);
    /** @param {string} now how far it is; shown with the next second */
    const tell = (now) => {
      detail = `, ${now}`;
    };
    return { done, tell };
  };

  const cancel = () => {
    for (const done of underway) done('stopped');
  };
  return { line, progress, cancel };
}

/**
 * A terminal for those who only want the lines, tests among them.
 *
 * @param {Log} log
 * @returns {Terminal}
 */
export function linesOnly(log) {
  return createTerminal({ write: (text) => log(text.replace(/\n$/, '')) });
}
