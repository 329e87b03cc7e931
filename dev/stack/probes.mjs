import { connect } from 'node:net';

/** Bolt's magic number, then the versions we speak: 5.8 down to 5.0, 4.4 down to 4.2. */
const BOLT_HELLO = Buffer.from([
  0x60, 0x60, 0xb0, 0x17, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/**
 * @param {string} host
 * @param {number} port
 * @param {{ timeoutMs?: number, say?: Buffer, answerBytes?: number }} [options]
 * @returns {Promise<Buffer | undefined>} the answer (empty when none was asked for), or undefined
 */
function talk(host, port, { timeoutMs = 2000, say, answerBytes = 0 } = {}) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    /** @type {Buffer[]} */
    const heard = [];
    /** @param {Buffer | undefined} answer */
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => finish(undefined));
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('connect', () => {
      if (say) socket.write(say);
      if (answerBytes === 0) finish(Buffer.alloc(0));
    });
    socket.on('data', (chunk) => {
      heard.push(chunk);
      const all = Buffer.concat(heard);
      if (all.length >= answerBytes) finish(all);
    });
  });
}

/**
 * @param {string} host
 * @param {number} port
 */
export async function tcpAnswers(host, port) {
  return (await talk(host, port)) !== undefined;
}

/**
 * Neo4j opens its port before it can speak, so only an agreed version counts.
 *
 * @param {string} host
 * @param {number} port
 */
export async function boltAnswers(host, port) {
  const answer = await talk(host, port, { say: BOLT_HELLO, answerBytes: 4 });
  return answer !== undefined && answer.readUInt32BE(0) !== 0;
}

/**
 * @param {string} host
 * @param {number} port
 */
export async function redisAnswers(host, port) {
  const answer = await talk(host, port, { say: Buffer.from('PING\r\n'), answerBytes: 5 });
  return answer?.toString().startsWith('+PONG') === true;
}

/**
 * @param {string} url
 * @returns {Promise<number | undefined>} the status, or undefined when nothing answers
 */
export async function httpStatus(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

/** @param {string} url */
export async function httpOk(url) {
  return (await httpStatus(url)) === 200;
}
