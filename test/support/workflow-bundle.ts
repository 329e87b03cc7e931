import { DefaultLogger, Runtime } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/runtime/workflow-code.ts';

// The SDK tells every change of a worker's state; a test's report says what matters.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

let bundle: ReturnType<typeof bundleWorkflows> | undefined;

/** The workflows as a worker loads them; bundled once in a test file. */
export function workflowBundle(): ReturnType<typeof bundleWorkflows> {
  bundle ??= bundleWorkflows({
    log() {},
    trace() {},
    debug() {},
    info() {},
    warn() {},
    error() {},
  });
  return bundle;
}
