import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line logged within some work says of it. */
export type LogContext = Readonly<Record<string, string | number | undefined>>;

const storage = new AsyncLocalStorage<LogContext>();

/** Does some work; every line that is logged meanwhile carries these fields. */
export function withLogContext<T>(fields: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...fields }, work);
}

/** The fields of the work that is being done. */
export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
