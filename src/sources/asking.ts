import type { Aliases } from '../domain/alias.ts';
import type { Endpoint } from '../domain/observation.ts';
import { serviceId } from '../domain/service.ts';
import type { Window } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import type { VectorAnswer } from './answer.ts';
import type { Dialect } from './dialect.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import type { Source } from './source.ts';

/** One window of a source, being asked. */
export interface Asking {
  readonly source: Source;
  readonly window: Window;
  readonly dialect: Dialect;
  readonly everyProducerBefore: boolean;
  /** Services that count as others. */
  readonly aliases: Aliases;
  /** Answers at the window's end. */
  ask(expression: string): Promise<VectorAnswer>;
}

export function askerOf(
  client: Pick<PrometheusClient, 'query'>,
  window: Window,
  signal?: AbortSignal,
) {
  return (expression: string) => client.query(expression, window.endMillis, signal);
}

/**
 * What two values of a label must share to be the same service; the one place that says so.
 *
 * A virtual node's id differs from this one, but never where this one is the same.
 */
export function identityOf(endpoint: Endpoint, aliases: Aliases): string {
  const id = serviceId(endpoint, 'service');
  return aliases.get(id)?.id ?? id;
}

/** Whether the source will not answer this, however often it is asked. */
export function isRefusal(error: unknown): error is AppError {
  return (
    error instanceof AppError && (error.code === 'InvalidMetrics' || error.code === 'QueryTooHeavy')
  );
}

/** Whether less may be answered where this was not. */
export function isTooHeavy(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'QueryTooHeavy';
}

export function timedOut(error: AppError): boolean {
  return error.details.reason === 'timeout';
}

/** Whether the server says that it left out the rest of an answer. */
export function isCutOff({ warnings }: VectorAnswer): boolean {
  return warnings.some((warning) => /truncat|\blimit\b/i.test(warning));
}
