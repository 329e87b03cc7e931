import { isIP, isIPv4 } from 'node:net';
import type { Config } from '../runtime/config.ts';
import { blockListOf } from '../runtime/network.ts';

const loopback = blockListOf(['127.0.0.0/8', '::1']);

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, isIPv4(host) ? 'ipv4' : 'ipv6');
}

/** Whether an API that listens there asks for keys; `auto` asks wherever a network could ask it. */
export function asksForKeys({ API_KEYS, HOST }: Pick<Config, 'API_KEYS' | 'HOST'>): boolean {
  return API_KEYS === 'auto' ? !isLoopback(HOST) : API_KEYS === 'required';
}
