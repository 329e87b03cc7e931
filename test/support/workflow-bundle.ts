import { DefaultLogger, Runtime } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/runtime/workflow-code.ts';

// The SDK tells every change of a worker's state; a test's report says what matters.
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

const bundles = new Map<boolean, ReturnType<typeof bundleWorkflows>>();

/** The workflows as a worker loads them; bundled once in a test file. */
export function workflowBundle(isTraced = false): ReturnType<typeof bundleWorkflows> {
  const bundle =
    bundles.get(isTraced) ??
    bundleWorkflows(isTraced, {
      log() {},
      trace() {},
      debug() {},
      info() {},
      warn() {},
      error() {},
    });
  bundles.set(isTraced, bundle);
  return bundle;
}
