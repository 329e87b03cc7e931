import { z } from 'zod';
import type { DependencyState, Mode } from '../domain/dependency.ts';
import type { ServiceKind } from '../domain/service.ts';
import type { View } from '../domain/view.ts';
import type { Transaction } from './database.ts';
import { type DependencyRow, dependencyAtRow, dependencyRow } from './queries.ts';
import { type At, viewParams } from './resolve-service.ts';

/** A page of dependencies: of which, and where it begins. */
export interface DependencyPage {
  readonly view: View;
  readonly at: At;
  /** Ids of the ends, `null` for all. */
  readonly client: string | null;
  readonly server: string | null;
  readonly states: readonly DependencyState[] | null;
  readonly modes: readonly Mode[] | null;
  /** Of the client; only where a server is named and no client. */
  readonly clientKinds: readonly ServiceKind[] | null;
  readonly serverKinds: readonly ServiceKind[] | null;
  /** Id of a dependency that is left out, or `null`. */
  readonly without: string | null;
  /** Ids after this. */
  readonly after: string;
  readonly limit: number;
}

/** Comes after every id. */
const end = '\uffff';

/** Reads a page of dependencies by id; what is not on it costs next to nothing. */
export async function readDependencyPage(
  transaction: Transaction,
  page: DependencyPage,
): Promise<DependencyRow[]> {
  if (page.at !== null) return readPageAt(transaction, page, page.at);
  const { at, client, clientKinds, serverKinds, view, ...asked } = page;
  if (client === null && asked.server !== null) {
    return readPageOn(transaction, page, asked.server);
  }
  return transaction.rows(
    'query/dependencies',
    { ...asked, ...idsOf(page), kinds: serverKinds, ...viewParams(view) },
    dependencyRow,
  );
}

/** An id begins with that of the client, so those of a client lie together in the index. */
function idsOf({ client, after }: DependencyPage) {
  const prefix = client === null ? '' : `${client}~~`;
  return { after: after > prefix ? after : prefix, before: `${prefix}${end}` };
}

function readPageAt(transaction: Transaction, page: DependencyPage, at: number) {
  const { client, server, clientKinds, serverKinds, without, view, ...asked } = page;
  const params = { ...asked, at, ...viewParams(view) };
  if (client === null && server === null) {
    const all = { ...params, ...idsOf(page), server, kinds: serverKinds };
    return transaction.rows('query/dependencies-at', all, dependencyAtRow);
  }
  const ofService = { ...params, clientKinds, serverKinds, without };
  return client === null
    ? transaction.rows('query/dependencies-on-at', { ...ofService, server }, dependencyAtRow)
    : transaction.rows(
        'query/dependencies-of-at',
        { ...ofService, client, server },
        dependencyAtRow,
      );
}

const clientsRow = z.object({ clients: z.number(), all: z.number() });
/** The ids of so many dependencies on one server are looked at without further thought. */
const fewClients = 500;
/** The stretch that is looked at first is so many times as long as it would be if all were spread evenly. */
const margin = 8;

/**
 * The dependencies on a server lie scattered among all, by id. Where they are so many that a page of
 * them lies close together, it is looked for ahead; where it is not there, among all on the server.
 */
async function readPageOn(transaction: Transaction, page: DependencyPage, server: string) {
  const { client, at, view, ...asked } = page;
  const params = { ...asked, server, ...viewParams(view) };
  const [counted] = await transaction.rows('query/count-clients', { id: server }, clientsRow);
  const { clients, all } = clientsRow.parse(counted);
  const stretch = Math.ceil((margin * page.limit * all) / Math.max(1, clients));
  if (clients > fewClients && stretch < clients) {
    const ahead = { ...params, stretch };
    const rows = await transaction.rows('query/dependencies-on-ahead', ahead, dependencyRow);
    if (rows.length === page.limit) return rows;
  }
  return transaction.rows('query/dependencies-on', params, dependencyRow);
}
