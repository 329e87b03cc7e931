import { activityInfo } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { Breaker, StalenessLimits } from '../domain/staleness.ts';
import type { StalePasses } from '../graph/stale-passes.ts';
import type { StaleMetrics } from '../runtime/stale-metrics.ts';
import type { MarkedStale, MarkStaleSourceInput } from '../workflows/types.ts';
import { withHeartbeats } from './heartbeats.ts';

export interface MarkStaleDeps {
  readonly stalePasses: StalePasses;
  readonly stalenessLimits: StalenessLimits;
  readonly staleBreaker: Breaker;
  readonly staleMetrics: StaleMetrics;
  readonly logger: Logger;
}

/** Goes over the evidence of one source; an attempt that was cut off is finished by the next. */
export function createMarkStale(deps: MarkStaleDeps) {
  return async (input: MarkStaleSourceInput): Promise<MarkedStale> => {
    const { source, context, run, nowMillis, override } = input;
    const result = await withHeartbeats((report, signal) =>
      deps.stalePasses.pass(
        {
          source,
          context,
          run,
          nowMillis,
          limits: deps.stalenessLimits,
          breaker: deps.staleBreaker,
          override,
        },
        (marked, upTo) => {
          signal.throwIfAborted();
          report(`${marked} evidence marked, up to ${upTo}`);
        },
      ),
    );
    deps.staleMetrics.passed(source, result, override);
    const { workflowExecution } = activityInfo();
    const refused = result.tripped && !override;
    const now = new Date(nowMillis).toISOString();
    deps.logger[result.tripped ? 'warn' : 'info'](
      { source, run, workflowId: workflowExecution?.workflowId, now, override, ...result },
      refused ? 'NOTHING MARKED STALE: THE SOURCE IS MORE LIKELY AT FAULT' : 'stale pass done',
    );
    return result;
  };
}
