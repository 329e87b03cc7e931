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

const isNoted: Readonly<Record<Note, (observation: Observation) => boolean>> = {
  missingConnectionType: ({ connectionTypes }) => connectionTypes.includes('direct'),
  severalConnectionTypes: ({ connectionTypes }) => connectionTypes.length > 1,
  virtualNode: ({ connectionTypes }) => connectionTypes.includes('virtual_node'),
  user: ({ client, server }) => client.kind === 'user' || server.kind === 'user',
  unknown: ({ client, server }) => client.kind === 'unknown' || server.kind === 'unknown',
  addressName: ({ client, server }) => isAddress(client.name) || isAddress(server.name),
  failed: ({ failedRequests }) => failedRequests > 0,
};

export function noteAll(observations: readonly Observation[]): Noted {
  const noted = Object.fromEntries(notes.map((note) => [note, 0])) as Record<Note, number>;
  for (const observation of observations) {
    for (const note of notes) if (isNoted[note](observation)) noted[note] += 1;
  }
  return noted;
}

const address = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])(:\d{1,5})?$|^[\da-f]*:[\da-f]*:[\da-f:.]*$/i;

/** Whether a name is an IP address, with or without a port. */
function isAddress(name: string): boolean {
  return address.test(name);
}
