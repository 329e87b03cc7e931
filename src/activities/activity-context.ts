import { trace } from '@opentelemetry/api';
import { activityInfo } from '@temporalio/activity';
import type { LogContext } from '../runtime/log-context.ts';

/**
 * What the log says of an activity: its workflow, and the run, the source and the request it is for.
 *
 * The span of the activity, where there is one, is told the same, so that it is found by them.
 */
export function contextOf(input: unknown): LogContext & { readonly run: string | undefined } {
  const { workflowExecution, activityType, attempt } = activityInfo();
  const asked = typeof input === 'object' && input !== null ? input : {};
  const run = textOf(asked, 'run');
  const source = textOf(asked, 'source');
  const requestId = textOf(asked, 'requestId');
  trace.getActiveSpan()?.setAttributes({
    ...(run === undefined ? {} : { 'topolog.run': run }),
    ...(source === undefined ? {} : { 'topolog.source': source }),
    ...(requestId === undefined ? {} : { 'topolog.request_id': requestId }),
  });
  return {
    workflowId: workflowExecution?.workflowId,
    runId: workflowExecution?.runId,
    activity: activityType,
    activityAttempt: attempt,
    run,
    source,
    requestId,
  };
}

function textOf(input: object, name: string): string | undefined {
  const value: unknown = Reflect.get(input, name);
  return typeof value === 'string' ? value : undefined;
}
