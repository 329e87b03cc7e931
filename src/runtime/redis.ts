import { createClient, ErrorReply } from 'redis';
import { messageOf } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';

/**
 * Opens a Redis that may be away: a command fails at once then, and connecting is tried again for
 * ever. Nothing waits for the first connection.
 */
export function openRedis(url: Secret, logger: Logger) {
  const client = createClient({
    url: url.reveal(),
    disableOfflineQueue: true,
    commandsQueueMaxLength: 1000,
    // A server that has frozen is noticed, and its commands fail.
    pingInterval: 2000,
    socket: { connectTimeout: 2000, socketTimeout: 5000, reconnectStrategy: () => 500 },
  });
  // Whoever needs the answer says what follows from its absence.
  client.on('error', (err) => logger.debug({ err }, 'the connection to Redis failed'));
  client.connect().catch((err: unknown) => logger.debug({ err }, 'Redis was closed'));
  return client;
}

export type Redis = ReturnType<typeof openRedis>;

/** What is wrong with a Redis that is asked once, without retries, and what to change; or `null`. */
export async function problemOfRedis(url: Secret): Promise<string | null> {
  const client = createClient({
    url: url.reveal(),
    socket: { connectTimeout: 2000, socketTimeout: 2000, reconnectStrategy: false },
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
    return null;
  } catch (error) {
    if (error instanceof ErrorReply) return `Redis refuses: check REDIS_URL (${error.message}).`;
    return `Redis does not answer: check REDIS_URL (${reasonOf(error)}).`;
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** The error of a name with several addresses says nothing but its code. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  return messageOf(error) || code;
}
