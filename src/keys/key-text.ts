import { createHash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A key as it is handed out, once: `topolog_<id>_<secret>`. */
export interface NewKey {
  /** Public: logs, lists and limits name the key by it. */
  readonly id: string;
  readonly text: string;
}

const shape = /^topolog_([0-9A-Za-z]{11})_[0-9A-Za-z]{49}$/;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 64 bits of name, 256 bits of secret, 32 bits that a slip of the pen does not survive. */
const idBytes = 8;
const idLength = 11;
const secretBytes = 32;
const secretLength = 43;
const checksumLength = 6;

/** Makes a key of random bytes, which must come from a source that nobody can guess. */
export function newKey(randomBytes: (count: number) => Uint8Array, id?: string): NewKey {
  const name = id ?? base62(randomBytes(idBytes), idLength);
  const text = `topolog_${name}_${base62(randomBytes(secretBytes), secretLength)}`;
  return { id: name, text: `${text}${checksumOf(text)}` };
}

/** The id in a key; `null` for what cannot be a key, which so never reaches the database. */
export function idOfKey(text: string): string | null {
  const [, id] = shape.exec(text) ?? [];
  if (id === undefined) return null;
  return text.endsWith(checksumOf(text.slice(0, -checksumLength))) ? id : null;
}

/** What is kept of a key: 256 random bits need no salt and no slow hash. */
export function hashOfKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const hashShape = /^[0-9a-f]{64}$/;
const noHash = Buffer.alloc(32);

/** Whether two hashes are one, in a time that does not tell how much of them is. */
export function equalHashes(hash: string, kept: string | null): boolean {
  const isHash = kept !== null && hashShape.test(kept);
  const isEqual = timingSafeEqual(
    Buffer.from(hash, 'hex'),
    isHash ? Buffer.from(kept, 'hex') : noHash,
  );
  return isEqual && isHash;
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, checksumLength);
}

/** Bytes as one number in base 62, filled up with zeros. */
function base62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; rest > 0n; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text.padStart(length, '0');
}
