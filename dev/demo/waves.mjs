/**
 * Numbers between 0 and 1, always the same for a seed (mulberry32).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A rate that swells and ebbs, already added up, so that no state is kept between two looks.
 *
 * @param {number} rate per second, on average
 * @param {() => number} random
 * @returns {(seconds: number) => number} how many since the start; it never falls
 */
export function wave(rate, random) {
  // Together the swells stay below 1, so the rate stays above zero.
  const swells = [
    { share: 0.25, period: 600 + 600 * random(), phase: 2 * Math.PI * random() },
    { share: 0.1, period: 90 + 90 * random(), phase: 2 * Math.PI * random() },
  ];
  return (seconds) => {
    let moments = seconds;
    for (const { share, period, phase } of swells) {
      const pace = (2 * Math.PI) / period;
      moments += (share / pace) * (Math.cos(phase) - Math.cos(pace * seconds + phase));
    }
    return rate * moments;
  };
}

/**
 * The share of a lognormal distribution that lies at or below a time.
 *
 * @param {number} ms
 * @param {{ medianMs: number, spread: number }} latency
 */
export function shareBelow(ms, { medianMs, spread }) {
  return normal(Math.log(ms / medianMs) / spread);
}

/**
 * The standard normal distribution function (Abramowitz and Stegun 7.1.26, good to 1.5e-7).
 *
 * @param {number} x
 */
function normal(x) {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - poly * Math.exp(-z * z);
  return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}
