import type { Secret } from '../runtime/secret.ts';

/** How a server knows us. All of it is kept as secrets, since a tenant's header may be one. */
export interface Access {
  readonly headers: readonly (readonly [name: string, value: Secret])[];
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
  return Object.fromEntries((access?.headers ?? []).map(([name, value]) => [name, value.reveal()]));
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
  let hidden = text;
  for (const [, value] of access?.headers ?? []) {
    const sent = value.reveal();
    // `Bearer …` and `Basic …` may be sent back without the word.
    for (const secret of [sent, sent.replace(/^(Bearer|Basic) /, '')]) {
      if (secret !== '') hidden = hidden.replaceAll(secret, '[secret]');
    }
  }
  return hidden;
}
