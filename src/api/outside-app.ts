import { STATUS_CODES } from 'node:http';
import { AppError, type ErrorCode, messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { problemMediaType, problemOf } from './problem.ts';

/** Answers what never reaches the app because its request line or Host cannot be made a URL. */
export function respondOutsideApp(error: unknown, logger: Logger): Response {
  const malformed = error instanceof Error && error.name === 'RequestError';
  const { status, body, headers, id } = problemFor(
    malformed
      ? new AppError('InvalidRequest', 'The request line or the Host header is malformed.')
      : error,
  );
  if (!malformed) logger.error({ err: error, requestId: id }, 'request failed outside the app');
  return new Response(body, { status, headers });
}

const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'HeadersTooLarge',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PayloadTooLarge',
  ERR_HTTP_REQUEST_TIMEOUT: 'RequestTooSlow',
};

const sentences: Partial<Record<ErrorCode, string>> = {
  HeadersTooLarge: 'The URL and the headers together are over 16 KiB.',
  PayloadTooLarge: 'The extensions of the chunks are too large.',
  RequestTooSlow: 'The request was not whole in time: send it faster.',
};

/** The whole answer, as it is written to a socket, to what is no HTTP request. */
export function answerToMalformed(error: Error & { readonly code?: string }): string {
  const code = codes[error.code ?? ''] ?? 'InvalidRequest';
  const message = sentences[code] ?? `This is not an HTTP request: ${messageOf(error)}.`;
  const { status, body, headers } = problemFor(new AppError(code, message));
  const lines = Object.entries({
    ...headers,
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}

function problemFor(error: unknown) {
  const id = crypto.randomUUID();
  const problem = problemOf(error, { path: '/', id });
  return {
    id,
    status: problem.status,
    body: JSON.stringify(problem),
    headers: { 'Content-Type': problemMediaType, 'X-Request-Id': id, 'Cache-Control': 'no-store' },
  };
}
