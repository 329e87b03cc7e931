import { Agent, type Dispatcher } from 'undici';
import type { Window } from '../domain/window.ts';
import { AppError } from '../runtime/errors.ts';
import { revealedTls } from './access.ts';
import { createPrometheusClient, type PrometheusClientOptions } from './prometheus-client.ts';
import { readWindow, type WindowReading } from './read-window.ts';
import type { Source } from './source.ts';

/** The configured sources, and how to read one. */
export interface SourceReaders {
  /** @throws AppError `UnknownSource`. */
  sourceOf(id: string): Source;
  readWindow(source: Source, window: Window, signal: AbortSignal): Promise<WindowReading>;
}

export interface SourceReadersOptions {
  readonly onRetry: (source: string, error: AppError, attempt: number) => void;
  readonly retryDelaysMillis?: PrometheusClientOptions['retryDelaysMillis'];
}

/** How a source is reached; one with certificates of its own shares no connection with others. */
export function connectionOf(source: Source, shared: Dispatcher) {
  const { url, access } = source;
  const tls = access?.tls;
  const dispatcher = tls ? new Agent({ connections: 16, connect: revealedTls(tls) }) : shared;
  return { url, access, dispatcher };
}

export function createSourceReaders(
  sources: readonly Source[],
  dispatcher: Dispatcher,
  options: SourceReadersOptions,
): SourceReaders {
  const clients = new Map(
    sources.map((source) => [
      source.id,
      createPrometheusClient({
        ...connectionOf(source, dispatcher),
        onRetry: (error, attempt) => options.onRetry(source.id, error, attempt),
        ...(options.retryDelaysMillis ? { retryDelaysMillis: options.retryDelaysMillis } : {}),
      }),
    ]),
  );
  return {
    sourceOf(id) {
      const source = sources.find((one) => one.id === id);
      if (source !== undefined) return source;
      throw new AppError('UnknownSource', `Source "${id}" is not configured on this worker.`);
    },
    readWindow(source, window, signal) {
      const client = clients.get(source.id);
      if (client === undefined) {
        throw new AppError(
          'UnknownSource',
          `Source "${source.id}" is not configured on this worker.`,
        );
      }
      return readWindow(client, source, window, signal);
    },
  };
}
