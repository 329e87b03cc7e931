import { createServer, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface FileServer {
  readonly url: string;
  /** Paths that were asked for, with the range where there was one. */
  readonly asked: string[];
  readonly files: Map<string, Buffer>;
  /** How many bytes of an answer are sent before the connection is cut; all, if not said. */
  cutAfter: number | undefined;
  /** How many answers more are cut. */
  cuts: number;
  /** Whether a part of a file can be asked for. */
  takesRanges: boolean;
  /** When an answer is cut that is to be cut; until then it is silent. */
  cutWhen: () => boolean;
}

/** A mirror on the loopback that can be as bad as mirrors are. */
export async function fileServer(files: Readonly<Record<string, Buffer>>): Promise<FileServer> {
  const state: FileServer = {
    ...{ url: '', asked: [], files: new Map(Object.entries(files)) },
    ...{
      cutAfter: undefined,
      cuts: Number.POSITIVE_INFINITY,
      takesRanges: true,
      cutWhen: () => true,
    },
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://mirror');
    const { range } = request.headers;
    state.asked.push([decodeURIComponent(pathname), range].filter(Boolean).join(' '));
    const file = state.files.get(decodeURIComponent(pathname));
    if (file === undefined) return void response.writeHead(404).end('not here');
    const from = state.takesRanges ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    if (from > 0 && from >= file.length) return void response.writeHead(416).end();
    const part = file.subarray(from);
    const whole = `bytes ${from}-${file.length - 1}/${file.length}`;
    const headers = { 'content-length': part.length };
    if (from > 0) response.writeHead(206, { ...headers, 'content-range': whole });
    else response.writeHead(200, headers);
    send(response, part);
  });
  function send(response: ServerResponse, part: Buffer): void {
    const { cutAfter } = state;
    const isWhole = cutAfter === undefined || cutAfter >= part.length || state.cuts === 0;
    if (isWhole) return void response.end(part);
    state.cuts -= 1;
    response.write(part.subarray(0, cutAfter), () => {
      const timer = setInterval(() => {
        if (response.destroyed) clearInterval(timer);
        if (state.cutWhen()) response.destroy();
      }, 5);
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(state, { url: `http://127.0.0.1:${port}` });
}
