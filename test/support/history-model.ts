import { type ChangeType, dependencyChange } from '../../src/domain/change.ts';
import { dependencyId, evidenceId, type Mode, type Reading } from '../../src/domain/dependency.ts';
import { aged, mergeEvidence, type StoredEvidence } from '../../src/domain/evidence.ts';
import { type Belief, foldEvidence, sameBelief } from '../../src/domain/fold.ts';
import { impactsOf } from '../../src/domain/impact.ts';
import { addToLooked, type Looked } from '../../src/domain/looked.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { type ServiceKind, stronger } from '../../src/domain/service.ts';
import {
  type Cutoffs,
  cutoffsAt,
  laterCutoffs,
  type StalenessLimits,
} from '../../src/domain/staleness.ts';
import type { Window } from '../../src/domain/window.ts';

interface Kept<T> {
  readonly value: T;
  readonly from: number;
  readonly to: number;
}

interface ModelEvidence {
  readonly source: string;
  readonly mode: Mode;
  readonly client: string;
  readonly server: string;
  readonly stored: StoredEvidence;
}

interface ModelService {
  readonly kind: ServiceKind;
  readonly firstSeenAt: number;
  readonly from: number;
}

export interface ModelChange {
  readonly type: ChangeType;
  readonly subject: string;
  readonly at: number;
  /** Of a dependency `state modes confidence`, of a service its kind. */
  readonly after: string;
}

/** Of a source over which no pass went yet. */
const noPass: Cutoffs = { stale: null, removed: null, passedAt: 0 };

/** Whether a pass has something to mark. */
function isAgeing({ stored }: ModelEvidence, cutoffs: Cutoffs): boolean {
  const { staleAt, removedAt, lastSeenAt } = stored;
  return (
    (staleAt === null && lastSeenAt < (cutoffs.stale ?? 0)) ||
    (removedAt === null && lastSeenAt < (cutoffs.removed ?? 0))
  );
}

/** The text by which beliefs are compared. */
export const textOf = ({
  state,
  modes,
  confidence,
}: Pick<Belief, 'state' | 'modes' | 'confidence'>) => `${state} ${modes.join('+')} ${confidence}`;

/** The whole product in memory: what the graph must be after the same has happened to it. */
export class HistoryModel {
  readonly evidence = new Map<string, ModelEvidence>();
  readonly services = new Map<string, ModelService>();
  readonly wereServices = new Map<string, Kept<ServiceKind>[]>();
  readonly beliefs = new Map<string, { belief: Belief; from: number }>();
  readonly past = new Map<string, Kept<Belief>[]>();
  readonly looked = new Map<string, Looked>();
  readonly cutoffs = new Map<string, Cutoffs>();
  changes: ModelChange[] = [];
  /** Before that nothing is compared. */
  horizon = Number.NEGATIVE_INFINITY;

  writeBatch(
    { source, reading, window }: { source: string; reading: Reading; window: Window },
    batch: readonly Observation[],
  ): void {
    const cutoffs = this.cutoffs.get(source) ?? noPass;
    const at = window.endMillis;
    const created = new Map<string, readonly [string, string]>();
    const touched = new Map<string, readonly [string, string]>();
    const seen = new Map<string, ServiceKind>();
    for (const observation of batch) {
      const { mode, client, server, dependencyId: pair } = observation;
      const id = evidenceId(source, reading, mode, pair);
      const before = this.evidence.get(id)?.stored ?? null;
      const after = mergeEvidence(before, observation, window, cutoffs);
      if (after === null) continue;
      this.evidence.set(id, { source, mode, client: client.id, server: server.id, stored: after });
      const isNews =
        before === null ||
        before.firstSeenAt !== after.firstSeenAt ||
        before.connectionTypes.join() !== after.connectionTypes.join();
      for (const { id: service, kind } of isNews ? [client, server] : []) {
        seen.set(service, stronger(seen.get(service) ?? kind, kind));
      }
      (before === null ? created : touched).set(pair, [client.id, server.id]);
    }
    for (const [id, kind] of seen) this.seeService(id, kind, at);
    if (at >= (cutoffs.stale ?? at)) {
      for (const ends of new Map([...touched, ...created]).values()) this.fold(ends, at);
      return;
    }
    // A pass looked long enough since and did not see it: what is new is there until that pass.
    for (const [id, ends] of touched) if (!created.has(id)) this.fold(ends, at);
    for (const ends of created.values()) this.fold(ends, at, cutoffs.passedAt);
    for (const ends of created.values()) this.age(source, ends, cutoffs);
  }

  close(source: string, window: Window): void {
    const looked = this.looked.get(source) ?? [];
    this.looked.set(source, addToLooked(looked, window.startMillis, window.endMillis));
  }

  /** A pass, transaction by transaction, each of so many pairs. */
  *pass(
    source: string,
    now: number,
    limits: StalenessLimits,
    batchRows: number,
  ): Generator<undefined, void> {
    const cutoffs = cutoffsAt(this.looked.get(source) ?? [], now, limits);
    this.cutoffs.set(source, laterCutoffs(this.cutoffs.get(source) ?? noPass, cutoffs));
    yield;
    for (let after = ''; ; ) {
      const page = [...this.evidence]
        .filter(([id, one]) => id > after && one.source === source && isAgeing(one, cutoffs))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, batchRows);
      for (const [id, { client, server }] of page) {
        this.age(source, [client, server], cutoffs);
        after = id;
      }
      yield;
      if (page.length === 0) return;
    }
  }

  /** Marks all that a source has of a pair, and folds it. */
  private age(source: string, ends: readonly [string, string], cutoffs: Cutoffs): void {
    for (const [id, one] of this.evidence) {
      const isOfPair = one.client === ends[0] && one.server === ends[1];
      if (one.source !== source || !isOfPair || !isAgeing(one, cutoffs)) continue;
      const { stored } = one;
      const marks = aged(stored, stored.lastSeenAt, cutoffs);
      this.evidence.set(id, { ...one, stored: { ...stored, ...marks } });
    }
    this.fold(ends, cutoffs.passedAt);
  }

  prune(horizon: number): void {
    this.horizon = Math.max(this.horizon, horizon);
    const keep = <T>(all: Map<string, Kept<T>[]>) => {
      for (const [id, kept] of all) {
        const left = kept.filter(({ to }) => to > horizon);
        if (left.length > 0) all.set(id, left);
        else all.delete(id);
      }
    };
    keep(this.past);
    keep(this.wereServices);
    this.changes = this.changes.filter(({ type, subject, at }, index) => {
      if (at > horizon) return true;
      const isReplaced = this.changes
        .slice(index + 1)
        .some((later) => later.subject === subject && later.at <= horizon);
      return !isReplaced && type !== 'dependency.removed';
    });
    for (const [id, { stored, client, server }] of this.evidence) {
      const isStale = this.beliefs.get(dependencyId(client, server))?.belief.state === 'stale';
      if (stored.removedAt === null || stored.removedAt > horizon || isStale) continue;
      this.evidence.delete(id);
    }
    const ids = [...this.evidence.values()].map(({ client, server }) =>
      dependencyId(client, server),
    );
    const linked = new Set(
      [...ids, ...this.beliefs.keys(), ...this.past.keys()].flatMap((id) => id.split('~~')),
    );
    for (const [id, { from }] of this.services) {
      if (from <= horizon && !linked.has(id)) this.services.delete(id);
      if (!this.services.has(id)) this.wereServices.delete(id);
    }
  }

  /** All past beliefs, by dependency and beginning. */
  periods(): { id: string; from: number; to: number }[] {
    return [...this.past]
      .flatMap(([id, kept]) => kept.map(({ from, to }) => ({ id, from, to })))
      .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.from - b.from));
  }

  /** What is believed at an instant, by the id of the dependency. */
  at(instant: number): Map<string, string> {
    const found = new Map<string, string>();
    for (const [id, { belief, from }] of this.beliefs) {
      if (from <= instant) found.set(id, textOf(belief));
    }
    for (const [id, kept] of this.past) {
      const held = kept.find(({ from, to }) => from <= instant && instant < to);
      if (held !== undefined) found.set(id, textOf(held.value));
    }
    return found;
  }

  /** What the services were at an instant. */
  servicesAt(instant: number): Map<string, string> {
    const found = new Map<string, string>();
    for (const [id, { kind, firstSeenAt }] of this.services) {
      if (firstSeenAt > instant) continue;
      const was = (this.wereServices.get(id) ?? []).filter(({ to }) => to > instant);
      found.set(id, was.sort((a, b) => a.to - b.to)[0]?.value ?? kind);
    }
    return found;
  }

  impacts(): Set<string> {
    const found = new Set<string>();
    for (const [id, { belief }] of this.beliefs) {
      const [client = '', server = ''] = id.split('~~');
      const kindOf = (end: string) => this.services.get(end)?.kind ?? 'unknown';
      if (client === server) continue;
      for (const impact of impactsOf(belief, kindOf(client), kindOf(server))) {
        const [from, to] = impact.origin === 'server' ? [server, client] : [client, server];
        found.add(`${from}>${to} ${impact.mode} ${impact.severity}`);
      }
    }
    return found;
  }

  private seeService(id: string, seenKind: ServiceKind, at: number): void {
    const before = this.services.get(id);
    if (before === undefined) {
      this.services.set(id, { kind: seenKind, firstSeenAt: at, from: at });
      this.changes.push({ type: 'service.discovered', subject: id, at, after: seenKind });
      return;
    }
    const kind = stronger(before.kind, seenKind);
    const firstSeenAt = Math.min(before.firstSeenAt, at);
    const was = this.wereServices.get(id) ?? [];
    if (kind === before.kind) {
      const from = was.length > 0 || firstSeenAt === before.firstSeenAt ? before.from : firstSeenAt;
      this.services.set(id, { kind, firstSeenAt, from });
      return;
    }
    const from = Math.max(before.from, at);
    if (before.from < from) {
      this.wereServices.set(id, [...was, { value: before.kind, from: before.from, to: from }]);
    }
    this.services.set(id, { kind, firstSeenAt, from });
    this.changes.push({ type: 'service.changed', subject: id, at: from, after: kind });
  }

  private fold(
    [client, server]: readonly [string, string],
    at: number,
    onlyBefore = Number.POSITIVE_INFINITY,
  ): void {
    const id = dependencyId(client, server);
    const observed = [...this.evidence.values()]
      .filter((one) => one.client === client && one.server === server)
      .map(({ mode, stored: { staleAt, removedAt } }) => ({ mode, staleAt, removedAt }));
    const after = foldEvidence({ observed, declared: [] });
    const now = this.beliefs.get(id) ?? null;
    const past = this.past.get(id) ?? [];
    if (now !== null && after !== null && sameBelief(now.belief, after)) return;
    const type = dependencyChange(now?.belief ?? null, after, past.length > 0);
    if (type === null) return;
    const until = past.length > 0 ? Math.max(...past.map(({ to }) => to)) : at;
    const marks = observed.map(({ staleAt, removedAt }) =>
      after?.state === 'removed' ? removedAt : staleAt,
    );
    const isAged = after?.state === 'stale' || after?.state === 'removed';
    const agedAt = isAged ? Math.max(...marks.map((mark) => mark ?? 0)) : 0;
    const from = Math.max(now?.from ?? until, at, agedAt);
    if (from >= onlyBefore) return;
    if (now !== null && now.from < from) {
      this.past.set(id, [...past, { value: now.belief, from: now.from, to: from }]);
    }
    const isGone = after === null || after.state === 'removed';
    if (isGone) this.beliefs.delete(id);
    else this.beliefs.set(id, { belief: after, from });
    const said = isGone && now !== null ? { ...now.belief, state: 'removed' as const } : after;
    this.changes.push({ type, subject: id, at: from, after: said === null ? '' : textOf(said) });
  }
}
