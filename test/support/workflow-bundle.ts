import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';

// The SDK tells every change of a worker's state; a test's report says what matters.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

let bundle: ReturnType<typeof bundleWorkflowCode> | undefined;

/** The workflows as a worker loads them; bundled once in a test file. */
export function workflowBundle(): ReturnType<typeof bundleWorkflowCode> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
  });
  return bundle;
}
