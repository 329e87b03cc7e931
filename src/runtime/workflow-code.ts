import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `bundleWorkflowCode` is told of the workflows. */
export interface WorkflowCode {
  readonly workflowsPath: string;
  readonly workflowInterceptorModules: string[];
}

/**
 * What the workflows' bundle is made of; with tracing also what begins spans within workflows.
 *
 * Histories replay with either bundle: spans are no part of a history.
 */
export function workflowCode(isTraced: boolean): WorkflowCode {
  const extension = extname(import.meta.url);
  const { resolve } = createRequire(import.meta.url);
  return {
    workflowsPath: fileURLToPath(new URL(`../workflows/index${extension}`, import.meta.url)),
    workflowInterceptorModules: isTraced
      ? [resolve('@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors')]
      : [],
  };
}
