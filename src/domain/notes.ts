import { hasMoreFailedThanRequests, type Observation } from './observation.ts';
import type { ObservedService } from './service.ts';

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
  /** A pair of which more requests failed than there were: its share of failures is not known. */
  'moreFailedThanRequests',
  /** A pair that was seen, and whose requests cannot be counted. */
  'uncounted',
] as const;
export type Note = (typeof notes)[number];

export type Noted = Readonly<Record<Note, number>>;

const [user, unknown, addressName] = [1, 2, 4];

/** What is odd about a service as a side of a pair, as bits: those of both sides may be joined. */
export function oddOf({ kind, name }: ObservedService): number {
  const odd = address.test(name) ? addressName : 0;
  return odd | (kind === 'user' ? user : kind === 'unknown' ? unknown : 0);
}

/** Counts what is odd; both are told of every observation, `noteSides` when all kinds are known. */
export function createNotes() {
  const noted = Object.fromEntries(notes.map((note) => [note, 0])) as Record<Note, number>;
  return {
    noted,
    notePair(observation: Observation): void {
      const { connectionTypes, failedRequests } = observation;
      if (connectionTypes.includes('direct')) noted.missingConnectionType += 1;
      if (connectionTypes.length > 1) noted.severalConnectionTypes += 1;
      if (connectionTypes.includes('virtual_node')) noted.virtualNode += 1;
      if ((failedRequests ?? 0) > 0) noted.failed += 1;
      if (hasMoreFailedThanRequests(observation)) noted.moreFailedThanRequests += 1;
      if (observation.uncounted) noted.uncounted += 1;
    },
    noteSides(odd: number): void {
      if (odd & user) noted.user += 1;
      if (odd & unknown) noted.unknown += 1;
      if (odd & addressName) noted.addressName += 1;
    },
  };
}

/** An IP address, with or without a port. */
const address =
  /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])(:\d{1,5})?$|^[\da-f]*:[\da-f]*:[\da-f:.]*$/i;
