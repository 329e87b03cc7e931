import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../support/workflow-bundle.ts';

const folder = fileURLToPath(new URL('../fixtures/histories', import.meta.url));

/** Histories that earlier versions made; a workflow that is under way must survive an upgrade. */
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('recorded histories', () => {
  it('are there for every workflow', () => {
    expect(histories).toEqual(
      expect.arrayContaining([
        'ingest.json',
        'ingest-again.json',
        'ingest-cancelled.json',
        'ingest-live.json',
        'ingest-past.json',
        'ingest-waiting.json',
        'mark-stale.json',
        'prune-history.json',
        'reingest.json',
        'tick.json',
      ]),
    );
  });

  it.each([false, true].flatMap((isTraced) => histories.map((file) => ({ file, isTraced }))))(
    '$file replays with the workflows of today, traced: $isTraced',
    async ({ file, isTraced }) => {
      const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      const bundle = await workflowBundle(isTraced);
      const sinks = { exporter: { export: { fn: () => {} } } };
      await Worker.runReplayHistory({ workflowBundle: bundle, sinks }, history);
    },
    60_000,
  );
});
