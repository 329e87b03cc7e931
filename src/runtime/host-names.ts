import { isIP, isIPv4 } from 'node:net';
import { blockListOf, isAddressOrNetwork } from './network.ts';

const loopback = blockListOf(['127.0.0.0/8', '::1']);

/** Whether an address is of this machine only. */
export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/**
 * The name or address in a `Host` header, spelled in one way, without port, brackets and the dot of
 * the root; `null` where it is none, as with a user or a path in it.
 */
export function hostNameOf(authority: string): string | null {
  if (/[\s/\\?#@]/.test(authority) || !URL.canParse(`http://${authority}`)) return null;
  const { hostname } = new URL(`http://${authority}`);
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** Whether a text is one of `ALLOWED_HOSTS`: a name, an address or a network, and no port. */
export function isHostOrNetwork(text: string): boolean {
  if (isAddressOrNetwork(text)) return true;
  return /^[\p{L}\p{N}_.-]+$/u.test(text) && hostNameOf(text) !== null;
}

/** Tells whether a name is loopback, or one of these names, addresses and networks. */
export function createOwnHosts(allowed: readonly string[]): (name: string) => boolean {
  const networks = blockListOf(allowed.filter(isAddressOrNetwork));
  const names = new Set(allowed.filter((one) => !isAddressOrNetwork(one)).map(hostNameOf));
  return (name) => {
    if (isIP(name) === 0) return name === 'localhost' || names.has(name);
    return isLoopbackAddress(name) || networks.check(name, isIPv4(name) ? 'ipv4' : 'ipv6');
  };
}
