import { CYCLE_MINUTES, PRUNE_AFTER_MINUTES, dependencies as shop } from './shop.mjs';
import { randomFrom, shareBelow, wave } from './waves.mjs';

/** @typedef {import('./shop.mjs').Dependency} Dependency */

/** Tempo's default: 0.1 s, doubled seven times. */
export const BUCKETS = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];

/** A new series says 0 for this long, so that a scrape every 5 seconds sees where it began. */
export const ZERO_SECONDS = 6;

/**
 * @typedef {object} Histogram
 * @property {number[]} buckets cumulative, one for each of BUCKETS
 * @property {number} sum in seconds
 * @property {number} count
 */

/**
 * @typedef {object} Sample what the generator knows of one dependency at one moment
 * @property {Dependency} dependency
 * @property {number} total
 * @property {number | undefined} failed undefined until there was a failure
 * @property {Histogram} server
 * @property {Histogram} client
 * @property {Histogram | undefined} messaging
 */

/**
 * When a dependency that carries traffic, or did until a minute ago, began and ends.
 *
 * @param {Dependency} dependency
 * @param {number} seconds
 * @returns {{ from: number, to: number } | undefined}
 */
export function lifeAt({ lives }, seconds) {
  if (!lives) return { from: 0, to: Number.POSITIVE_INFINITY };
  const now = Math.floor(seconds / 60 / CYCLE_MINUTES);
  // The last that began wins: a life may reach into the next cycle.
  for (const cycle of [now, now - 1]) {
    for (const life of [...lives].reverse()) {
      if (cycle < 0 || (life.firstCycle ?? cycle) !== cycle) continue;
      const from = (cycle * CYCLE_MINUTES + life.from) * 60;
      const to = (cycle * CYCLE_MINUTES + life.to) * 60;
      if (seconds >= from && seconds < to + PRUNE_AFTER_MINUTES * 60) return { from, to };
    }
  }
  return undefined;
}

/**
 * @param {number} count
 * @param {import('./shop.mjs').Latency | undefined} latency undefined: this end reports no time
 * @returns {Histogram}
 */
function histogram(count, latency) {
  if (!latency) return { buckets: BUCKETS.map(() => count), sum: 0, count };
  const buckets = BUCKETS.map((le) => Math.round(count * shareBelow(le * 1000, latency)));
  // The mean of a lognormal distribution.
  const mean = (latency.medianMs / 1000) * Math.exp(latency.spread ** 2 / 2);
  return { buckets, sum: count * mean, count };
}

/**
 * Plays the shop: what its counters show after so many seconds is a function of the seed alone.
 *
 * @param {{ seed?: number, dependencies?: readonly Dependency[] }} [options]
 */
export function createPlayer({ seed = 1, dependencies = shop } = {}) {
  const random = randomFrom(seed);
  const flows = dependencies.map((dependency) => ({
    dependency,
    requests: wave(dependency.rate, random),
  }));

  /**
   * @param {number} seconds since the start
   * @returns {Sample[]}
   */
  const at = (seconds) => flows.flatMap((flow) => sampleOf(flow, seconds) ?? []);
  return { at };
}

/**
 * @param {{ dependency: Dependency, requests: (seconds: number) => number }} flow
 * @param {number} seconds
 * @returns {Sample | undefined}
 */
function sampleOf({ dependency, requests }, seconds) {
  const life = lifeAt(dependency, seconds);
  if (!life) return undefined;
  /**
   * @param {number} share of the requests
   * @returns {number | undefined} undefined: nothing happened yet, so there is no series
   */
  const count = (share) => {
    /** @param {number} until */
    const upTo = (until) =>
      Math.floor(share * (requests(Math.min(until, life.to)) - requests(life.from)));
    if (seconds < life.from || upTo(seconds) < 1) return undefined;
    const announced = seconds - ZERO_SECONDS >= life.from && upTo(seconds - ZERO_SECONDS) >= 1;
    return announced ? upTo(seconds) : 0;
  };
  const total = count(1);
  if (total === undefined) return undefined;
  const { latency, networkMs = 0, delayMs, virtual, failing } = dependency;
  // Tempo counts a time of zero for the end it never heard of.
  const served = virtual === 'server' ? undefined : latency;
  const waited =
    virtual === 'client' ? undefined : { ...latency, medianMs: latency.medianMs + networkMs };
  return {
    dependency,
    total,
    failed: failing > 0 ? count(failing) : undefined,
    server: histogram(total, served),
    client: histogram(total, waited),
    messaging: delayMs ? histogram(total, { medianMs: delayMs, spread: 0.6 }) : undefined,
  };
}
