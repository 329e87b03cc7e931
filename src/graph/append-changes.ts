import { z } from 'zod';
import type { ChangeContext, ChangeType } from '../domain/change.ts';
import type { Belief } from '../domain/fold.ts';
import type { ServiceIdentity, ServiceKind } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import type { Transaction } from './database.ts';
import { windowParams } from './window-key.ts';

/** By whom and on what occasion the graph is changed; the same for all changes of a transaction. */
export interface Occasion {
  readonly context: ChangeContext;
  /** `null` where no run does it. */
  readonly run: string | null;
  readonly source: string | null;
  /** The window that showed it, where one did. */
  readonly window: Window | null;
}

interface Happening {
  readonly type: ChangeType;
  /** Id of the dependency or service. */
  readonly subject: string;
  /** Instant from which it holds, in epoch milliseconds. */
  readonly at: number;
}

/** What happened to a dependency, and the whole belief after it. */
export interface DependencyChanged extends Happening, Belief {
  readonly client: string;
  readonly server: string;
  readonly clientEnvironment: string;
  readonly serverEnvironment: string;
}

/** What happened to a service, and what it is after it. */
export interface ServiceChanged extends Happening, ServiceIdentity {
  readonly kind: ServiceKind;
  readonly virtual: boolean;
  readonly team: string | null;
  readonly criticality: string | null;
  /** Deleted for good: what came before says nothing of one that comes back. */
  readonly purged?: true;
}

export type Changed = DependencyChanged | ServiceChanged;

/** Appends what happened to the changelog and counts it of its window and run; once in a transaction. */
export async function appendChanges(
  transaction: Transaction,
  changes: readonly Changed[],
  { context, run, source, window }: Occasion,
): Promise<void> {
  if (changes.length === 0) return;
  const params = { count: changes.length };
  const [taken] = await transaction.rows('ingest/advance-sequence', params, takenRow);
  const first = takenRow.parse(taken).sequence - changes.length + 1;
  await transaction.run('ingest/append-changes', {
    context,
    run,
    source,
    windowEnd: window?.endMillis ?? null,
    rows: changes.map((change, index) => ({ ...change, sequence: first + index })),
  });
  if (run === null) return;
  const count = (type: ChangeType) => changes.filter((change) => change.type === type).length;
  await transaction.run('ingest/count-changes', {
    ...(source !== null && window !== null ? windowParams({ source, window }) : noWindow),
    run,
    servicesDiscovered: count('service.discovered'),
    dependenciesDiscovered: count('dependency.discovered'),
    dependenciesRevived: count('dependency.revived'),
    dependenciesStale: count('dependency.stale'),
    dependenciesRemoved: count('dependency.removed'),
    dependenciesChanged: count('dependency.changed'),
  });
}

const takenRow = z.object({ sequence: z.number() });
const noWindow = { windowId: null, source: null, start: null, end: null };
