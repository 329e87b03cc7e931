import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger, type WorkerOptions } from '@temporalio/worker';

/** Where the code of all workflows lies, compiled like this file is. */
const workflowsPath = fileURLToPath(
  new URL(`../workflows/index${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Modules with interceptors of workflows: where a worker is traced, what begins spans within them.
 *
 * They run where the workflows run and are bundled with them, so a worker that is given a bundle
 * cannot be given more. Histories replay with either bundle: spans are no part of a history.
 */
function workflowModules(isTraced: boolean): string[] {
  if (!isTraced) return [];
  const { resolve } = createRequire(import.meta.url);
  return [resolve('@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors')];
}

/** The bundle that an image brings, beside the compiled files; traced workers have one of their own. */
export function prebuiltBundle(isTraced: boolean): string {
  const name = isTraced ? 'workflow-bundle-traced.js' : 'workflow-bundle.js';
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Bundles the workflows and their interceptors, as a worker without a bundle does when it starts. */
export async function bundleWorkflows(
  isTraced: boolean,
  logger?: Logger,
): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: workflowModules(isTraced),
    ...(logger ? { logger } : {}),
  });
}

type WorkflowCode = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'>;

/** The code a worker runs: a bundle where there is one, otherwise the workflows for it to bundle. */
export function workflowCode(
  isTraced: boolean,
  bundle: string = prebuiltBundle(isTraced),
): WorkflowCode {
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath, interceptors: { workflowModules: workflowModules(isTraced) } };
}
