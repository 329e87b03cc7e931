import { Counter, Gauge, type Registry } from 'prom-client';
import { changeContexts, changeTypes } from '../domain/change.ts';
import { dependencyStates } from '../domain/dependency.ts';
import { serviceKinds } from '../domain/service.ts';
import type { Census, CensusQueries } from '../graph/census-queries.ts';
import { atScrape, sharedAtScrape } from './at-scrape.ts';

/** Counting a large graph takes a while, so it is not done for every scrape. */
const countedEveryMillis = 60_000;

/**
 * Shows what the graph holds and what happens to it, whoever wrote it.
 *
 * Every API process shows the whole, so take the largest of several, not their sum.
 */
export function createBeliefMetrics(
  registry: Registry,
  { census, changesAfter }: CensusQueries,
  now: () => number,
): void {
  const registers = [registry];
  let counted: Census | null = null;
  let countedAt = Number.NEGATIVE_INFINITY;
  const count = sharedAtScrape(async () => {
    if (counted !== null && now() - countedAt < countedEveryMillis) return counted;
    counted = null;
    counted = await census();
    countedAt = now();
    return counted;
  });
  new Gauge({
    name: 'topolog_services',
    help: 'Services of the present, by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      const found = await count();
      this.reset();
      for (const kind of found ? serviceKinds : []) {
        this.set({ kind }, found?.services.get(kind) ?? 0);
      }
    },
  });
  new Gauge({
    name: 'topolog_dependencies',
    help: 'Dependencies of the present, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const found = await count();
      this.reset();
      for (const state of found ? dependencyStates : []) {
        // What is removed has left the present.
        if (state !== 'removed') this.set({ state }, found?.dependencies.get(state) ?? 0);
      }
    },
  });

  let cursor: number | null = null;
  let isAsking = false;
  const changes = new Counter({
    name: 'topolog_changes_total',
    help: 'Changes that were written since this process was first scraped, by type and context.',
    labelNames: ['type', 'context'],
    registers,
    async collect() {
      // Two scrapes at once must not count the same changes.
      if (isAsking) return;
      isAsking = true;
      const found = await atScrape(() => changesAfter(cursor));
      isAsking = false;
      if (found === null) return;
      cursor = found.upTo;
      for (const { type, context, count } of found.counts) this.inc({ type, context }, count);
    },
  });
  // A counter that is born with its first change would hide that change from `increase()`.
  for (const type of changeTypes) {
    for (const context of changeContexts) changes.inc({ type, context }, 0);
  }
}
