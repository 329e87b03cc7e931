/** What a node of the graph is; decided from labels, never from its name alone. */
export const serviceKinds = [
  'service',
  'database',
  'messaging',
  'external',
  'user',
  'unknown',
] as const;

export type ServiceKind = (typeof serviceKinds)[number];

/** The place of each kind in `serviceKinds`, for where kinds are kept as numbers. */
export const numberOfKind = Object.fromEntries(
  serviceKinds.map((kind, index) => [kind, index]),
) as Readonly<Record<ServiceKind, number>>;

export function kindNumbered(number: number | undefined): ServiceKind {
  const kind = serviceKinds[number ?? -1];
  if (kind === undefined) throw new Error(`No kind has the number ${number}.`);
  return kind;
}

/** The four parts that identify a service; a part that does not apply is an empty string. */
export interface ServiceIdentity {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** A service as one window of one source showed it. */
export interface ObservedService extends ServiceIdentity {
  readonly id: string;
  readonly kind: ServiceKind;
}

/**
 * How strongly a kind is known; the strongest kind ever seen stands.
 *
 * A service whose own spans arrived is a `service`, even where another pair only inferred it (a
 * lost server span makes a virtual node of it). Taking the strongest makes the kind independent of
 * the order in which windows are read.
 */
export const kindStrength: Readonly<Record<ServiceKind, number>> = {
  unknown: 0,
  user: 0,
  external: 1,
  messaging: 2,
  database: 3,
  service: 4,
};

/** The stronger of two kinds; the first where they are equally strong. */
export function stronger(left: ServiceKind, right: ServiceKind): ServiceKind {
  return kindStrength[right] > kindStrength[left] ? right : left;
}

/** The same of kinds that are kept as numbers; nearly always the two are one. */
export function numberOfStronger(left: number | undefined, right: number | undefined): number {
  if (left === right && left !== undefined) return left;
  return numberOfKind[stronger(kindNumbered(left), kindNumbered(right))];
}

/** Whether a node has no process of its own behind it: it was inferred from the other side. */
export function isVirtual(kind: ServiceKind): boolean {
  return kind === 'external' || kind === 'user' || kind === 'unknown';
}

const plainByte = /[A-Za-z0-9._-]/;
const plainPart = /^[A-Za-z0-9._-]*$/;
const utf8 = new TextEncoder();

/** Writes bytes outside `[A-Za-z0-9._-]` as `~XX`, so that what joins parts of an id is never in one. */
export function encodePart(part: string): string {
  // Nearly all names are plain, and this runs for every side of every value.
  if (plainPart.test(part)) return part;
  let encoded = '';
  for (const byte of utf8.encode(part)) {
    const character = String.fromCharCode(byte);
    encoded += plainByte.test(character)
      ? character
      : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** Longest accepted id of a service; an id of evidence holds two, and an index at most 8 kB. */
const maxIdLength = 2048;

export function isServiceIdTooLong(id: string): boolean {
  return id.length > maxIdLength;
}

/**
 * The id of a service: its parts joined by `:`, empty ones at the left left out.
 *
 * The virtual nodes `user` and `unknown` end in `~user` and `~unknown`, which no encoded name can
 * spell (`~us` is not hexadecimal), so they never meet a real service of that name.
 */
export function serviceId(identity: ServiceIdentity, kind: ServiceKind): string {
  const name = kind === 'user' || kind === 'unknown' ? `~${kind}` : encodePart(identity.name);
  const scope = [identity.environment, identity.cluster, identity.namespace].map(encodePart);
  const firstFilled = scope.findIndex((part) => part !== '');
  const id = [...(firstFilled < 0 ? [] : scope.slice(firstFilled)), name].join(':');
  // As a path segment these two would mean a folder.
  return id === '.' || id === '..' ? id.replaceAll('.', '~2E') : id;
}

/** Whether an id is of one of these environments; one that names none is of the empty one. */
export function isIdOf(environments: readonly string[], id: string): boolean {
  const parts = id.split(':');
  const environment = parts.length === 4 ? parts[0] : '';
  return environments.some((one) => encodePart(one) === environment);
}
