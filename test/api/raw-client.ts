import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** NaN where the connection was closed without an answer. */
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

/** Opens a connection to a server; whatever becomes of it is no error of the test. */
export async function open(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Everything that arrives until the server closes the connection. */
export async function readToEnd(socket: Socket): Promise<RawAnswer> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  if (!socket.closed) await once(socket, 'close');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? Number.NaN),
    contentType: /^content-type: ?([^\r\n]*)/im.exec(text)?.[1] ?? null,
    text,
  };
}

/** What the server answers to these bytes, after which it hears no more. */
export async function answerTo(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = await open(url);
  const answer = readToEnd(socket);
  socket.end(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return answer;
}
