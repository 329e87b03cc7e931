import { createServer } from 'node:net';
import { codeOf, StackError } from './errors.mjs';

/** The stack is for one person on one machine: nothing listens beyond the loopback. */
export const LOOPBACK = '127.0.0.1';

/** Ports handed out by this process, so that two calls before the first bind never agree. */
/** @type {Set<number>} */
const handedOut = new Set();

/**
 * @param {number} port 0 for any
 * @returns {Promise<number>} the port that could be bound (and is free again)
 */
function tryBind(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const address = server.address();
      const bound = address !== null && typeof address === 'object' ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}

/** @returns {Promise<number>} a port nothing listens on */
export async function freePort() {
  for (;;) {
    const port = await tryBind(0);
    if (!handedOut.has(port)) {
      handedOut.add(port);
      return port;
    }
  }
}

/**
 * @typedef {object} PortUse
 * @property {number} port
 * @property {string} what what would listen there
 * @property {string} remedy how to move it, such as `PORT=8100 npm start`
 */

/**
 * Refuses before anything is started when one of the ports is taken.
 *
 * @param {readonly PortUse[]} uses
 */
export async function requireFreePorts(uses) {
  /** @type {Map<number, string>} */
  const seen = new Map();
  for (const { port, what, remedy } of uses) {
    const other = seen.get(port);
    if (other) {
      throw new StackError(`Port ${port} is meant for ${other} and for ${what}: choose another.`);
    }
    seen.set(port, what);
    try {
      await tryBind(port);
    } catch (error) {
      const code = codeOf(error);
      const reason =
        code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${code ?? 'unknown error'})`;
      throw new StackError(`Port ${port} (${what}) ${reason}: stop what holds it, or ${remedy}.`, {
        cause: error,
      });
    }
  }
}
