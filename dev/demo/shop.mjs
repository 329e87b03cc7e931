// A shop of some fifteen services, as Tempo's metrics generator would tell of it: data only.

/**
 * @typedef {object} Latency
 * @property {number} medianMs
 * @property {number} spread the standard deviation of its logarithm
 */

/**
 * @typedef {object} Life times in minutes since the start of a cycle
 * @property {number} from
 * @property {number} to may lie beyond the cycle, which then runs into the next one
 * @property {number} [firstCycle] the only cycle it happens in, 0 being the first
 */

/**
 * @typedef {object} Dependency
 * @property {string} client
 * @property {string} server
 * @property {'' | 'messaging_system' | 'database' | 'virtual_node'} type
 * @property {'client' | 'server'} [virtual] which end is known by its neighbour only
 * @property {number} rate requests per second, on average
 * @property {number} failing share of requests that fail
 * @property {Latency} latency as the server sees it
 * @property {number} [networkMs] what the client waits longer than the server works
 * @property {number} [delayMs] how long a message lies in the broker
 * @property {readonly Life[]} [lives] always, where there are none
 */

/** Minutes after which the script begins anew. */
export const CYCLE_MINUTES = 30;

/** Minutes a series that moves no more is still exposed, as Tempo does before it prunes it. */
export const PRUNE_AFTER_MINUTES = 1;

/**
 * @param {number} medianMs
 * @param {number} [spread]
 * @returns {Latency}
 */
const takes = (medianMs, spread = 0.5) => ({ medianMs, spread });

/**
 * @param {string} client
 * @param {string} server
 * @param {number} rate
 * @param {Latency} latency
 * @param {Partial<Dependency>} [more]
 * @returns {Dependency}
 */
const calls = (client, server, rate, latency, more = {}) => ({
  client,
  server,
  type: '',
  rate,
  failing: 0.001,
  latency,
  networkMs: 4,
  ...more,
});

/** @type {Partial<Dependency>} */
const database = { type: 'database', failing: 0, networkMs: 0 };

/** @type {Partial<Dependency>} */
const message = { type: 'messaging_system', failing: 0.002, networkMs: 2, delayMs: 160 };

/** @type {readonly Dependency[]} */
export const dependencies = [
  calls('user', 'storefront', 24, takes(180), { type: 'virtual_node', virtual: 'client' }),
  calls('user', 'mobile-bff', 11, takes(140), { type: 'virtual_node', virtual: 'client' }),
  calls('storefront', 'gateway', 22, takes(120)),
  calls('mobile-bff', 'gateway', 10, takes(95)),
  calls('gateway', 'accounts', 6, takes(35)),
  calls('gateway', 'catalog', 15, takes(45)),
  calls('gateway', 'search', 5, takes(150, 0.7), { failing: 0.004 }),
  calls('gateway', 'cart', 7, takes(30)),
  calls('gateway', 'checkout', 1.6, takes(620, 0.6), { failing: 0.012 }),
  calls('catalog', 'pricing', 14, takes(18)),
  calls('search', 'catalog', 4, takes(40)),
  calls('cart', 'pricing', 6, takes(16)),
  calls('checkout', 'cart', 1.6, takes(28)),
  calls('checkout', 'inventory', 1.5, takes(60)),
  calls('checkout', 'payment', 1.4, takes(380, 0.6), { failing: 0.02 }),
  calls('checkout', 'orders', 1.3, takes(90)),
  calls('payment', 'pay.example.com', 1.4, takes(290, 0.7), {
    type: 'virtual_node',
    virtual: 'server',
    failing: 0.015,
  }),
  calls('orders', 'notifications', 1.3, takes(70, 0.8), message),
  calls('orders', 'fulfilment', 1.2, takes(240, 0.8), message),
  calls('fulfilment', 'inventory', 1.1, takes(55)),
  calls('fulfilment', 'shipping', 1.1, takes(310, 0.6), { failing: 0.006 }),
  calls('accounts', 'accounts-db', 6, takes(4), database),
  calls('catalog', 'catalog-db', 18, takes(6), database),
  calls('search', 'search-index', 5, takes(48, 0.7), database),
  calls('cart', 'cart-cache', 16, takes(1.5), database),
  calls('inventory', 'inventory-db', 2.8, takes(7), database),
  calls('orders', 'orders-db', 4, takes(9), database),

  // The script. At minute 3 a new dependency appears and stays for the rest of the cycle.
  calls('storefront', 'recommendations', 8, takes(110, 0.7), { lives: [{ from: 3, to: 28 }] }),
  // At minute 5 two vanish. One stays away until the cycle begins anew …
  calls('checkout', 'legacy-tax', 1.2, takes(450, 0.9), {
    failing: 0.03,
    lives: [{ from: 0, to: 5 }],
  }),
  // … the other is back at minute 15.
  calls('checkout', 'loyalty', 1, takes(75), {
    lives: [
      { from: 0, to: 5, firstCycle: 0 },
      { from: 15, to: 35 },
    ],
  }),
];
