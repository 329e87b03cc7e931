import type { Observation } from './observation.ts';

/**
 * What is odd about an observation and does not make it wrong; each is counted.
 *
 * They are counted by observation, not by service, so that the counts of shards add up.
 */
export const notes = [
  /** A call without a connection type, which is a direct one. */
  'missingConnectionType',
  /** A pair with several connection types, as when a lost span makes a virtual node of its server. */
  'severalConnectionTypes',
  'virtualNode',
  'user',
  'unknown',
  /** A side that is called by an address, and so may be any service; its name is kept. */
  'addressName',
  'failed',
] as const;
export type Note = (typeof notes)[number];

export type Noted = Readonly<Record<Note, number>>;

/** Counts what is odd, in one pass: this looks at every observation of a window. */
export function noteAll(observations: readonly Observation[]): Noted {
  const noted = Object.fromEntries(notes.map((note) => [note, 0])) as Record<Note, number>;
  const isAddress = rememberedAddresses();
  for (const { client, server, connectionTypes, failedRequests } of observations) {
    if (connectionTypes.includes('direct')) noted.missingConnectionType += 1;
    if (connectionTypes.length > 1) noted.severalConnectionTypes += 1;
    if (connectionTypes.includes('virtual_node')) noted.virtualNode += 1;
    if (client.kind === 'user' || server.kind === 'user') noted.user += 1;
    if (client.kind === 'unknown' || server.kind === 'unknown') noted.unknown += 1;
    if (isAddress(client.name) || isAddress(server.name)) noted.addressName += 1;
    if ((failedRequests ?? 0) > 0) noted.failed += 1;
  }
  return noted;
}

const address =
  /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])(:\d{1,5})?$|^[\da-f]*:[\da-f]*:[\da-f:.]*$/i;

/** Tells whether a name is an IP address, with or without a port; each name is looked at once. */
function rememberedAddresses(): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let is = known.get(name);
    if (is === undefined) {
      is = address.test(name);
      known.set(name, is);
    }
    return is;
  };
}
