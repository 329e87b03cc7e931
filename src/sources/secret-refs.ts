import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from '../runtime/secret.ts';

/** Where references to secrets lead; `env` is `null` for a process that needs none of them. */
export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>> | null;
  /** Folder that paths of files are relative to. */
  readonly folder: string;
}

/** What stands in place of a secret that nobody reads. */
const unread = new Secret('unread');

/** Looks secrets up, once; a problem is a sentence without any value. */
export function createSecretLookup({ env, folder }: SecretPlaces) {
  const inFile = z.strictObject({ file: z.string().min(1) });

  function referred(reference: unknown): Secret | string | null {
    if (typeof reference === 'string' && reference.startsWith('$')) {
      const name = reference.slice(1);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'is no $NAME of an environment variable';
      if (env === null) return unread;
      return env[name] ? new Secret(env[name]) : `the environment variable ${name} is not set`;
    }
    const { success, data } = inFile.safeParse(reference);
    if (!success) return null;
    if (env === null) return unread;
    try {
      const text = readFileSync(resolve(folder, data.file), 'utf8').replace(/\r?\n$/, '');
      return text === '' ? 'the file is empty' : new Secret(text);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      return `the file cannot be read (${code})`;
    }
  }

  return {
    /** A secret by reference; `null` stands for what is none, such as the secret itself. */
    secret(reference: unknown): Secret | string {
      return referred(reference) ?? 'must be $NAME of an environment variable, or {file: path}';
    },
    /** A text that need not be secret, as it is or by reference. */
    text(value: unknown): Secret | string {
      const found = referred(value);
      if (found !== null) return found;
      const plain = typeof value === 'string' && value !== '';
      return plain
        ? new Secret(value)
        : 'must be a text, $NAME of an environment variable, or {file: path}';
    },
  };
}
export type SecretLookup = ReturnType<typeof createSecretLookup>;

/** The schema of a value that is looked up. */
export function lookedUp(look: (value: unknown) => Secret | string) {
  return z.unknown().transform((value, context) => {
    const found = look(value);
    if (found instanceof Secret) return found;
    context.addIssue({ code: 'custom', message: found });
    return z.NEVER;
  });
}
