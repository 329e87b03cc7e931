import { withoutKeys } from './without-keys.ts';

/** The user and password of a URL; the length is bounded, so that no text takes long. */
const credentialsInUrl = /:\/\/[^\s/?#"\\]{1,512}@/g;
/** What an `Authorization` header says after its scheme. */
const authorization = /\b(Bearer|Basic|Digest) {1,8}[\w.~+/=-]{4,4096}/gi;

/** A log line without the secrets that anybody's text may carry into it, such as an error's message. */
export function withoutSecrets(line: string): string {
  return withoutKeys(line)
    .replace(credentialsInUrl, '://[secret]@')
    .replace(authorization, '$1 [secret]');
}
