import { BlockList, isIP, isIPv4 } from 'node:net';
import { AppError } from '../runtime/errors.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
}

/**
 * Refuses to open an API that asks for no key to a network, unless that was asked for in so many words.
 *
 * @throws AppError `InvalidConfiguration`.
 */
export function refuseExposure(host: string, allowUnauthenticated: boolean): void {
  if (isLoopback(host) || allowUnauthenticated) return;
  throw new AppError(
    'InvalidConfiguration',
    `HOST=${host} would open the API to the network although it asks for no key: set ` +
      'ALLOW_UNAUTHENTICATED=true if something in front of it does, or HOST=127.0.0.1.',
  );
}
