import { X509Certificate } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { Secret } from '../runtime/secret.ts';
import { type Access, revealedTls, type Tls } from './access.ts';
import { lookedUp, type SecretLookup } from './secret-refs.ts';

/** Headers that are the client's own, or that say how a request is carried. */
const ownHeaders = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
]);

/** Parameters of a question, which are the client's own. */
const ownParams = new Set([
  'query',
  'time',
  'start',
  'end',
  'step',
  'timeout',
  'match[]',
  'nocache',
  'latency_offset',
  'max_lookback',
]);

/** The parts of a source that say how its server knows us. */
export function accessFields(lookup: SecretLookup, secretsAreRead: boolean) {
  const secret = lookedUp(lookup.secret);
  return {
    headers: headersSchema(lookup).optional(),
    params: paramsSchema(lookup).optional(),
    bearerToken: lookedUp((value) => sendable(lookup.secret(value))).optional(),
    basicAuth: z
      .strictObject({
        username: z.string().regex(/^[^:]+$/, 'must be a text without a colon'),
        password: secret,
      })
      .optional(),
    tls: tlsSchema(secret, secretsAreRead).optional(),
  };
}

function headersSchema(lookup: SecretLookup) {
  return z.record(z.string(), z.unknown()).transform((given, context) => {
    const headers: [string, Secret][] = [];
    for (const [name, value] of Object.entries(given)) {
      const found = problemOfName(name) ?? sendable(lookup.text(value));
      if (found instanceof Secret) headers.push([name, found]);
      else context.addIssue({ code: 'custom', path: [name], message: found });
    }
    return headers;
  });
}

/** A name may have a list of values, each of which is sent. */
function paramsSchema(lookup: SecretLookup) {
  return z.record(z.string().min(1), z.unknown()).transform((given, context) => {
    const params: [string, Secret][] = [];
    const add = (name: string, value: unknown, path: (string | number)[]) => {
      const found = ownParams.has(name) ? 'is set by Topolog' : lookup.text(value);
      if (found instanceof Secret) params.push([name, found]);
      else context.addIssue({ code: 'custom', path, message: found });
    };
    for (const [name, value] of Object.entries(given)) {
      if (!Array.isArray(value) || value.length === 0) add(name, value, [name]);
      else for (const [index, one] of value.entries()) add(name, one, [name, index]);
    }
    return params;
  });
}

function problemOfName(name: string): string | null {
  if (name.toLowerCase() === 'authorization') return 'use bearerToken or basicAuth';
  if (ownHeaders.has(name.toLowerCase())) return 'is set by Topolog';
  try {
    validateHeaderName(name);
    return null;
  } catch {
    return 'is no name of a header';
  }
}

/** A secret that may stand in a header. */
function sendable(found: Secret | string): Secret | string {
  if (!(found instanceof Secret)) return found;
  try {
    validateHeaderValue('x', found.reveal());
    return found;
  } catch {
    return 'holds characters that no header may hold, such as a line break';
  }
}

function tlsSchema(secret: ReturnType<typeof lookedUp>, secretsAreRead: boolean) {
  return z
    .strictObject({
      cert: secret.optional(),
      key: secret.optional(),
      ca: secret.optional(),
    })
    .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
      error: 'cert and key belong together',
      when: ({ value }) => typeof value === 'object' && value !== null,
    })
    .transform((tls, context) => {
      try {
        if (secretsAreRead) checkPem(tls);
        return tls;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
        context.addIssue({
          code: 'custom',
          message: `cert, key and ca are no PEM texts that fit each other${code}`,
        });
        return z.NEVER;
      }
    });
}

/** @throws Error where a connection could not use them. */
function checkPem(tls: Tls): void {
  createSecureContext(revealedTls(tls));
  // What is no certificate is otherwise passed over in silence.
  if (tls.ca !== undefined) new X509Certificate(tls.ca.reveal());
}

/** What the fields come to; nothing where none is given. */
export function accessOf(
  fields: z.output<z.ZodObject<ReturnType<typeof accessFields>>>,
): Access | undefined {
  const { headers = [], params, bearerToken, basicAuth, tls } = fields;
  const authorization: [string, Secret][] = [];
  if (bearerToken) {
    authorization.push(['authorization', new Secret(`Bearer ${bearerToken.reveal()}`)]);
  }
  if (basicAuth) {
    const { username, password } = basicAuth;
    const pair = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    authorization.push(['authorization', new Secret(`Basic ${pair}`)]);
  }
  const all = [...headers, ...authorization];
  if (all.length === 0 && !params?.length && !tls) return undefined;
  return { headers: all, ...(params?.length ? { params } : {}), tls };
}
