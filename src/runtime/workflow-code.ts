import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger, type WorkerOptions } from '@temporalio/worker';

/** Where the code of all workflows lies, compiled like this file is. */
const workflowsPath = fileURLToPath(
  new URL(`../workflows/index${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Modules with interceptors of workflows. They run where the workflows run and are bundled with them,
 * so a worker that is given a bundle cannot be given more.
 */
const workflowModules: string[] = [];

/** The bundle that an image brings, beside the compiled files. */
export const prebuiltBundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** Bundles the workflows and their interceptors, as a worker without a bundle does when it starts. */
export async function bundleWorkflows(logger?: Logger): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: workflowModules,
    ...(logger ? { logger } : {}),
  });
}

type WorkflowCode = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'>;

/** The code a worker runs: a bundle where there is one, otherwise the workflows for it to bundle. */
export function workflowCode(bundle: string = prebuiltBundle): WorkflowCode {
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath, interceptors: { workflowModules } };
}
