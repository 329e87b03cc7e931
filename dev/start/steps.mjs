/**
 * Takes the time of one step after the other.
 *
 * @param {() => number} [now] in milliseconds
 */
export function createSteps(now = () => performance.now()) {
  /** @type {{ name: string, seconds: number }[]} */
  const steps = [];
  let since = now();

  /** @param {string} name of what has just ended */
  const ended = (name) => {
    const at = now();
    steps.push({ name, seconds: (at - since) / 1000 });
    since = at;
  };

  /** @returns {string} what took how long, and all of it */
  const summary = () => {
    const all = steps.reduce((sum, { seconds }) => sum + seconds, 0);
    const each = steps.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`);
    return `Ready after ${all.toFixed(1)} s (${each.join(', ')}).`;
  };
  return { ended, summary };
}
