import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Activities, SourceSettings } from '../../../src/workflows/types.ts';
import { startSkippedTime } from '../../support/skipped-time.ts';
import { type SourceInMemory, sourceInMemory } from '../../support/source-in-memory.ts';
import { workflowBundle } from '../../support/workflow-bundle.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe('the actor of a source', () => {
  let env: TestWorkflowEnvironment;

  beforeAll(async () => {
    env = await startSkippedTime();
  });
  afterAll(() => env.teardown());

  /** Does something while a worker works for a source of its own. */
  async function withWorker(
    given: Partial<SourceSettings>,
    work: (source: SourceInMemory, actor: ReturnType<typeof actorOf>) => Promise<void>,
  ): Promise<void> {
    const source = sourceInMemory(given);
    const taskQueue = `skipped-${randomUUID()}`;
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: source.activities,
      maxHeartbeatThrottleInterval: '100ms',
    });
    await worker.runUntil(work(source, actorOf(taskQueue)));
  }

  function actorOf(taskQueue: string) {
    const id = `shop-${randomUUID()}`;
    const handle = () => env.client.workflow.getHandle(`ingest/${id}`);
    const tick = () =>
      env.client.workflow.execute('tick', {
        workflowId: `tick/${id}/${randomUUID()}`,
        taskQueue,
        args: [id],
      });
    return {
      handle,
      tick,
      /** Wakes it, and waits until it has caught up. */
      async wake(): Promise<unknown> {
        await tick();
        return handle().result();
      },
    };
  }

  /** That windows were read once each, without a hole, up to the latest that has settled. */
  async function expectWhole({ closed, settings }: SourceInMemory): Promise<void> {
    const { intervalMillis, settleMillis } = settings;
    expect(closed.length).toBeGreaterThan(0);
    for (const [index, { startMillis, endMillis }] of closed.entries()) {
      expect(endMillis - startMillis).toBe(intervalMillis);
      expect(startMillis).toBe(closed[index - 1]?.endMillis ?? startMillis);
    }
    const now = await env.currentTimeMs();
    const behind = now - (closed.at(-1)?.endMillis ?? 0);
    expect(behind).toBeGreaterThanOrEqual(settleMillis);
    expect(behind).toBeLessThan(settleMillis + intervalMillis + 60_000);
  }

  it('reads every window of three weeks once, whichever ticks are missed, late or doubled', async () => {
    await withWorker({ intervalMillis: 6 * hour }, async (source, actor) => {
      const weeks = 21 * 4;
      for (let slot = 0; slot < weeks; slot += 1) {
        await env.sleep(6 * hour);
        if (slot % 9 > 5) continue;
        if (slot % 5 === 0) await Promise.all([actor.tick(), actor.tick()]);
        await actor.wake();
      }
      await actor.wake();
      await expectWhole(source);
      expect(source.closed.length).toBeGreaterThanOrEqual(weeks);
    });
  });

  it('goes on as new while it catches up with a month, and says what all of it came to', async () => {
    await withWorker({ windowsPerExecution: 40 }, async (source, actor) => {
      await actor.wake();
      await env.sleep(30 * day);
      const result = await actor.wake();
      await expectWhole(source);
      expect(result).toMatchObject({
        windows: { complete: 30 * 24 },
        readUntil: new Date(source.closed.at(-1)?.endMillis ?? 0).toISOString(),
      });
      const { historyLength } = await actor.handle().describe();
      expect(historyLength).toBeLessThan(1500);
    });
  });

  it('fails while its source is away for two days, and then reads what it missed', async () => {
    await withWorker({}, async (source, actor) => {
      await actor.wake();
      source.isAway = true;
      for (let slot = 0; slot < 48; slot += 12) {
        await env.sleep(12 * hour);
        await expect(actor.wake()).rejects.toThrow(WorkflowFailedError);
      }
      expect(new Set(source.ends.slice(1).map(({ state }) => state))).toEqual(new Set(['failed']));
      expect(source.ends.at(-1)?.error).toBe('The source is away.');
      source.isAway = false;
      await actor.wake();
      await expectWhole(source);
      expect(source.closed.length).toBeGreaterThan(48);
    });
  });

  it('waits for samples that are known to come late', async () => {
    await withWorker({ settleMillis: 8 * 60_000 }, async (source, actor) => {
      await actor.wake();
      const end = (source.closed.at(-1)?.endMillis ?? 0) + hour;
      await env.sleep(end + 2 * 60_000 - (await env.currentTimeMs()));
      await actor.wake();
      expect(source.closed.at(-1)?.endMillis).toBe(end);
      expect(await env.currentTimeMs()).toBeGreaterThanOrEqual(end + 8 * 60_000);
    });
  });

  const steps: (keyof Activities)[] = [
    'readSource',
    'openRun',
    'planWindow',
    'ingestShard',
    'closeWindow',
    'nextReread',
    'readPast',
    'markStale',
  ];
  it.each(steps)(
    'is recorded as cancelled, and does nothing more, where it is cancelled in %s',
    async (step) => {
      const past = { backfillMillis: 3 * day, readsAgain: true };
      await withWorker(past, async (source, actor) => {
        const stuck = new Promise<void>((onStuck) => {
          source.stuck = { in: step, onStuck };
        });
        await actor.tick();
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
