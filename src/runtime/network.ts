import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether a text is an address, or a network as `address/bits`. */
export function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : 128;
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** The networks that were named, each as `isAddressOrNetwork` takes it. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether a text is `host:port` or a host alone, as Temporal's clients take it; IPv6 in brackets. */
export function isHostAndPort(text: string): boolean {
  const [, inBrackets, name = '', port] =
    /^(?:\[([^\]]*)\]|([\p{L}\p{N}_][\p{L}\p{N}._-]*))(?::(\d{1,5}))?$/u.exec(text) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  if (inBrackets !== undefined) return isIPv6(inBrackets) && !inBrackets.includes('%');
  // Digits alone are no name: a port without its host, or half an address.
  return name !== '' && (!/^[\d.]+$/.test(name) || isIPv4(name));
}
