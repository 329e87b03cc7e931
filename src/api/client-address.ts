import { isIP, isIPv4, isIPv6 } from 'node:net';
import { blockListOf } from '../runtime/network.ts';

/** Where no address is known, as when the app is asked without a server. */
export const noAddress = 'unknown';

/**
 * Tells the address of a client from its peer and its `X-Forwarded-For`.
 *
 * Everybody can send that header, so it is read from its end, and only as far as a trusted proxy
 * vouches for what it appended: the address is the last hop that is not one of them.
 */
export function createClientAddress(trustedProxies: readonly string[]) {
  const trusted = blockListOf(trustedProxies);
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

  return function clientAddress(peer: string | undefined, forwardedFor: string | undefined) {
    let address = peer === undefined ? noAddress : plainAddress(peer);
    const hops = forwardedFor?.split(',') ?? [];
    while (isTrusted(address) && hops.length > 0) {
      const hop = plainAddress(withoutPort(hops.pop()?.trim() ?? ''));
      // What a proxy cannot name is counted as the proxy.
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  };
}

/**
 * Whom the requests from an address are counted for: IPv4 each by itself, IPv6 by its network, as
 * one customer has all of a /64.
 */
export function countedAddress(address: string): string {
  if (!isIPv6(address)) return address;
  // A URL writes each address in one way, and never with dots.
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

/** An IPv4 address that came over an IPv6 socket is itself. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:([\d.]{7,15})$/i.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address.toLowerCase();
}

/** Some proxies append the port of the client. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](:\d{1,5})?$/.exec(hop)?.[1];
  if (bracketed !== undefined) return bracketed;
  const dotted = /^([\d.]{7,15}):\d{1,5}$/.exec(hop)?.[1];
  return dotted ?? hop;
}
