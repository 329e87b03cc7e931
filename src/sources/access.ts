import type { Secret } from '../runtime/secret.ts';

/** How a server knows us. All of it is kept as secrets, since a tenant's header may be one. */
export interface Access {
  readonly headers: readonly (readonly [name: string, value: Secret])[];
  /** Sent in the query of each URL; a name may come several times. */
  readonly params?: readonly (readonly [name: string, value: Secret])[] | undefined;
  readonly tls?: Tls | undefined;
}

/** PEM texts: our certificate with its key, and the authority that signed the server's. */
export interface Tls {
  readonly cert?: Secret | undefined;
  readonly key?: Secret | undefined;
  readonly ca?: Secret | undefined;
}

/** The headers as they are sent. */
export function revealedHeaders(access: Access | undefined): Record<string, string> {
  return Object.fromEntries(revealed(access?.headers));
}

/** The parameters of URLs as they are sent. */
export function revealedParams(access: Access | undefined): [name: string, value: string][] {
  return revealed(access?.params);
}

function revealed(pairs: Access['params'] = []): [string, string][] {
  return pairs.map(([name, value]) => [name, value.reveal()]);
}

/** The options of a TLS connection. */
export function revealedTls({ cert, key, ca }: Tls) {
  return {
    ...(cert ? { cert: cert.reveal() } : {}),
    ...(key ? { key: key.reveal() } : {}),
    ...(ca ? { ca: ca.reveal() } : {}),
  };
}

/** A text from a server without our secrets, which it may have sent back. */
export function withoutOwnSecrets(text: string, access: Access | undefined): string {
  // `Bearer …` and `Basic …` may be sent back without the word, a parameter as its URL has it.
  const secrets = [
    ...revealed(access?.headers).flatMap(([, sent]) => [
      sent,
      sent.replace(/^(Bearer|Basic) /, ''),
    ]),
    ...revealed(access?.params).flatMap(([, sent]) => [
      sent,
      encodeURIComponent(sent),
      new URLSearchParams({ '': sent }).toString().slice(1),
    ]),
  ].filter((secret) => secret !== '');
  // All in one pass, so that none is found in what stands for another.
  let hidden = '';
  for (let rest = text; ; ) {
    const first = firstIn(rest, secrets);
    if (first === null) return hidden + rest;
    hidden += `${rest.slice(0, first.at)}[secret]`;
    rest = rest.slice(first.at + first.length);
  }
}

/** Where the first of some secrets stands; of several there the longest, which the others are part of. */
function firstIn(text: string, secrets: readonly string[]): { at: number; length: number } | null {
  let first: { at: number; length: number } | null = null;
  for (const secret of secrets) {
    const at = text.indexOf(secret);
    const { length } = secret;
    if (at === -1) continue;
    if (first === null || at < first.at || (at === first.at && length > first.length)) {
      first = { at, length };
    }
  }
  return first;
}
