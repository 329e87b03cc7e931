import { randomUUID } from 'node:crypto';
import { CancelledFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities, SourceSettings } from '../../../src/workflows/types.ts';
import { type SkippedTime, startSkippedTime } from '../../support/skipped-time.ts';
import { type SourceInMemory, sourceInMemory } from '../../support/source-in-memory.ts';
import { workflowBundle } from '../../support/workflow-bundle.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('the actor of a source', () => {
  let time: SkippedTime;

  beforeAll(async () => {
    time = await startSkippedTime();
  });
  afterAll(() => time.env.teardown());

  /** Does something while a worker works for a source of its own. */
  async function withWorker(
    given: Partial<SourceSettings>,
    work: (source: SourceInMemory, actor: ReturnType<typeof actorOf>) => Promise<void>,
  ): Promise<void> {
    const source = sourceInMemory(given);
    const taskQueue = `skipped-${randomUUID()}`;
    const worker = await Worker.create({
      connection: time.env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: source.activities,
      maxHeartbeatThrottleInterval: '100ms',
    });
    await worker.runUntil(work(source, actorOf(taskQueue, source)));
  }

  function actorOf(taskQueue: string, { calls }: SourceInMemory) {
    const id = `shop-${randomUUID()}`;
    const workflowId = `ingest/${id}`;
    // Not by its tick: the server keeps its clock for good once a parent has left a child behind.
    const start = () =>
      time.env.client.workflow.start('ingest', {
        workflowId,
        taskQueue,
        args: [{ source: id }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    return {
      start,
      handle: () => time.env.client.workflow.getHandle(workflowId),
      /** Wakes it, and waits until it has caught up. */
      async wake(): Promise<unknown> {
        return time.until((await start()).result(), () => calls.length);
      },
    };
  }

  /** That windows were read once each, without a hole, up to the latest that had settled at an instant. */
  function expectWhole({ closed, settings }: SourceInMemory, atMillis: number): void {
    const { intervalMillis, settleMillis } = settings;
    for (const [index, { startMillis, endMillis }] of closed.entries()) {
      expect(endMillis - startMillis).toBe(intervalMillis);
      expect(startMillis).toBe(closed[index - 1]?.endMillis ?? startMillis);
    }
    const unread = atMillis - settleMillis - (closed.at(-1)?.endMillis ?? 0);
    expect(unread).toBeLessThan(intervalMillis);
  }

  it('reads every window of three weeks once, whichever wakings are missed, late or doubled', async () => {
    await withWorker({ intervalMillis: 6 * hour }, async (source, actor) => {
      const weeks = 21 * 4;
      for (let slot = 0; slot < weeks; slot += 1) {
        await time.skip(6 * hour);
        if (slot % 9 > 5) continue;
        if (slot % 5 === 0) await Promise.all([actor.start(), actor.start()]);
        await actor.wake();
      }
      const now = await time.env.currentTimeMs();
      await actor.wake();
      expectWhole(source, now);
      expect(source.closed.length).toBeGreaterThanOrEqual(weeks);
    });
  });

  it('goes on as new while it catches up with ten days, and says what all of it came to', async () => {
    await withWorker({ windowsPerExecution: 40 }, async (source, actor) => {
      await actor.wake();
      await time.skip(10 * day);
      const now = await time.env.currentTimeMs();
      const result = await actor.wake();
      expectWhole(source, now);
      expect(source.closed.length).toBeGreaterThan(10 * 24);
      expect(result).toMatchObject({
        // The first waking read one.
        windows: { complete: source.closed.length - 1 },
        readUntil: new Date(source.closed.at(-1)?.endMillis ?? 0).toISOString(),
      });
      const { historyLength } = await actor.handle().describe();
      expect(historyLength).toBeLessThan(1500);
    });
  });

  it('waits for samples that are known to come late', async () => {
    await withWorker({ settleMillis: 8 * 60_000 }, async (source, actor) => {
      await actor.wake();
      const end = (source.closed.at(-1)?.endMillis ?? 0) + hour;
      await time.skip(end + 2 * 60_000 - (await time.env.currentTimeMs()));
      await actor.wake();
      expect(source.closed.at(-1)?.endMillis).toBe(end);
      expect(await time.env.currentTimeMs()).toBeGreaterThanOrEqual(end + 8 * 60_000);
    });
  });

  const past = { backfillMillis: 3 * day };
  const steps: [keyof Activities, Partial<SourceSettings>][] = [
    ['readSource', {}],
    ['openRun', {}],
    ['planWindow', {}],
    ['ingestShard', { shardConcurrency: 1 }],
    ['closeWindow', {}],
    ['nextReread', { readsAgain: true }],
    ['readPast', past],
    ['markStale', past],
  ];
  it.each(steps)(
    'is recorded as cancelled, and does nothing more, where it is cancelled in %s',
    async (step, settings) => {
      await withWorker(settings, async (source, actor) => {
        const stuck = new Promise<void>((onStuck) => {
          source.stuck = { in: step, onStuck };
        });
        await actor.start();
        const ended = actor
          .handle()
          .result()
          .catch((error: unknown) => error);
        await Promise.race([stuck, ended]);
        await actor.handle().cancel();
        expect(await ended).toMatchObject({ cause: expect.any(CancelledFailure) });
        expect(source.ends).toMatchObject([{ state: 'cancelled', error: null }]);
        expect(source.calls.at(-1)).toBe('closeRun');
        expect(source.calls.filter((name) => name === step)).not.toEqual([]);
      });
    },
  );
});
