import { WebSocket } from 'undici';

/** How a page in a browser would sign in; nothing is the scheme `none`. */
export interface PageLogin {
  readonly user?: string;
  readonly password?: string;
}

/**
 * Does what a page can: opens a WebSocket to Bolt and asks for Cypher to be run.
 *
 * @returns `ran`, or the code of the failure
 */
export async function cypherByPage(port: number, login: PageLogin = {}): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    headers: { origin: 'https://evil.example' },
  });
  socket.binaryType = 'arraybuffer';
  const heard = reader(socket);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no WebSocket')));
  });
  try {
    // Version 4.4, in which one message says hello and signs in.
    socket.send(Buffer.from([0x60, 0x60, 0xb0, 0x17, 0, 0, 4, 4, ...Array(12).fill(0)]));
    if ((await heard.take(4)).readUInt32BE(0) !== 0x404) throw new Error('no Bolt 4.4');
    const { user: principal, password: credentials } = login;
    const scheme =
      principal === undefined ? { scheme: 'none' } : { scheme: 'basic', principal, credentials };
    for (const message of [
      struct(0x01, map({ user_agent: 'page/1', ...scheme })),
      struct(0x10, text('RETURN 1'), map({}), map({})),
    ]) {
      socket.send(chunked(message));
      const answer = await heard.message();
      if (answer[1] !== 0x70)
        return /Neo\.[\w.]+/.exec(answer.toString('latin1'))?.[0] ?? 'refused';
    }
    return 'ran';
  } finally {
    socket.close();
  }
}

/** What came, in pieces of the wanted length, whatever the frames. */
function reader(socket: WebSocket) {
  let bytes = Buffer.alloc(0);
  let isOver = false;
  let wake = () => {};
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) bytes = Buffer.concat([bytes, Buffer.from(data)]);
    wake();
  });
  socket.addEventListener('close', () => {
    isOver = true;
    wake();
  });
  async function take(length: number): Promise<Buffer> {
    while (bytes.length < length) {
      if (isOver) throw new Error('closed');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const taken = bytes.subarray(0, length);
    bytes = bytes.subarray(length);
    return taken;
  }
  async function message(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      const length = (await take(2)).readUInt16BE(0);
      if (length > 0) chunks.push(await take(length));
      else if (chunks.length > 0) return Buffer.concat(chunks);
    }
  }
  return { take, message };
}

function chunked(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message, Buffer.alloc(2)]);
}

function struct(tag: number, ...fields: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([0xb0 + fields.length, tag]), ...fields]);
}

function map(entries: Readonly<Record<string, string | undefined>>): Buffer {
  const pairs = Object.entries(entries);
  return Buffer.concat([
    Buffer.from([0xa0 + pairs.length]),
    ...pairs.flatMap(([key, value = '']) => [text(key), text(value)]),
  ]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0xd0, Buffer.byteLength(value)]), Buffer.from(value)]);
}
