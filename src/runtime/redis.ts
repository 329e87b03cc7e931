import { createClient } from 'redis';
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
