import type { IncomingMessage } from 'node:http';
import { createOwnHosts, hostNameOf } from './host-names.ts';

/** What a request says of where it was sent to, and of the page that sent it. */
export interface Sent {
  /** Each `Host` header, and the authority of the request line where it has one. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
  /** The address of this machine that the connection came to. */
  readonly localAddress: string | undefined;
}

export interface OwnPlaces {
  /** Names, addresses and networks that are this server's, beside loopback. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may read here. */
  readonly origins: readonly string[];
}

/**
 * Finds out whether a request was meant for a server that asks nobody for a key, and says why not.
 *
 * A page of anybody's reaches what listens on loopback: by a name that its owner lets resolve to
 * 127.0.0.1 (the browser then takes both for one), or blindly from where it is. So a name must be one
 * of this server's, and a page too. An address cannot be made to mean another one: that which the
 * connection came to is this server's.
 */
export function createForeignCheck(own: OwnPlaces): (sent: Sent) => string | null {
  const isOwnHost = createOwnHosts(own.allowedHosts);
  const origins = new Set(own.origins);

  return ({ hosts, origin, site, localAddress }) => {
    const names = hosts.map(hostNameOf);
    const foreign = names.find(
      (name) => name === null || !(isOwnHost(name) || name === plain(localAddress)),
    );
    if (foreign === null) {
      return 'Its Host header names no host: this asks for no key, so it must be asked by its name.';
    }
    if (foreign !== undefined) {
      return `It was sent to "${foreign.slice(0, 253)}": this asks for no key, and answers only to localhost and what ALLOWED_HOSTS names.`;
    }
    if (origin !== undefined) {
      if (origins.has(origin) || hosts.every((host) => isAt(origin, host))) return null;
      return 'A page of another origin sent it: this asks for no key, so name the origin in CORS_ORIGINS, or ask for keys.';
    }
    if (site === 'cross-site') {
      return 'A page of another site sent it: this asks for no key, so open its address by itself.';
    }
    return null;
  };
}

/** What a request says, as Node has it. */
export function sentOf({ headersDistinct, socket, url = '' }: IncomingMessage): Sent {
  const { host = [], origin, 'sec-fetch-site': site } = headersDistinct;
  // Two names leave it to each reader which one counts, and none says nothing.
  const hosts = host.length === 1 ? host : ['', ...host];
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  return {
    hosts: authority === undefined ? hosts : [...hosts, authority],
    origin: origin?.join(', '),
    site: site?.join(', '),
    localAddress: socket.localAddress,
  };
}

/** Whether a page is of the server it asks; a proxy may have ended TLS, so the scheme is the page's. */
function isAt(origin: string, host: string): boolean {
  const scheme = /^https?:/.exec(origin)?.[0];
  const there = `${scheme}//${host}`;
  return scheme !== undefined && URL.canParse(there) && new URL(there).origin === origin;
}

/** An IPv4 address that came over an IPv6 socket is itself. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=[\d.]+$)/i, '');
}
