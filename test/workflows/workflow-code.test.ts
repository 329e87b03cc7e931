import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, describe, expect, it } from 'vitest';
import { workflowCode } from '../../src/runtime/workflow-code.ts';
import { workflowBundle } from '../support/workflow-bundle.ts';

const history: unknown = JSON.parse(
  readFileSync(
    fileURLToPath(new URL('../fixtures/histories/ingest.json', import.meta.url)),
    'utf8',
  ),
);

describe('the code of the workflows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-bundle-'));
  const bundle = join(folder, 'workflow-bundle.js');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is bundled by the worker where no bundle was built', async () => {
    const code = workflowCode(false, bundle);
    expect(code.workflowBundle).toBeUndefined();
    await Worker.runReplayHistory(code, history);
  }, 60_000);

  it('is the bundle that was built where there is one', async () => {
    writeFileSync(bundle, (await workflowBundle()).code);
    const code = workflowCode(false, bundle);
    expect(code).toEqual({ workflowBundle: { codePath: bundle } });
    await Worker.runReplayHistory(code, history);
  }, 60_000);
});
