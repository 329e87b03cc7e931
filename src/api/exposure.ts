import { isIP } from 'node:net';
import type { Config } from '../runtime/config.ts';
import { isLoopbackAddress } from '../runtime/host-names.ts';

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return isIP(host) === 0 ? host.toLowerCase() === 'localhost' : isLoopbackAddress(host);
}

/** Whether an API that listens there asks for keys; `auto` asks wherever a network could ask it. */
export function asksForKeys({ API_KEYS, HOST }: Pick<Config, 'API_KEYS' | 'HOST'>): boolean {
  return API_KEYS === 'auto' ? !isLoopback(HOST) : API_KEYS === 'required';
}
