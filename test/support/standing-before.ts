import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request as it came. */
export interface Came {
  readonly method: string;
  readonly path: string;
  /** What is asked, of the body or, where there is none, of the URL. */
  readonly form: URLSearchParams;
  readonly inUrl: URLSearchParams;
  /** How long the question is. */
  readonly length: number;
}

export interface Refused {
  readonly status: number;
  readonly body: string;
}

/** What stands before a server, and lets through what it likes. */
export interface Manner {
  /** What is refused; `null` where it is let through. */
  refuse?(came: Came): Refused | null;
  /** The answer as it is given on. */
  change?(answer: string, came: Came): string;
}

/** A refusal in the form of the query API. */
export function refused(status: number, errorType: string, error: string): Refused {
  return { status, body: JSON.stringify({ status: 'error', errorType, error }) };
}

/** A real server on the loopback that gives questions on to another one, in its own manner. */
export async function standingBefore(upstream: string, { refuse, change }: Manner) {
  const came: Came[] = [];
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, upstream);
    const body = await text(request);
    const form = method === 'POST' ? new URLSearchParams(body) : searchParams;
    const length = (form.get('query') ?? '').length;
    const one = { method, path: pathname, form, inUrl: searchParams, length };
    came.push(one);
    const no = refuse?.(one) ?? null;
    if (no !== null) return send(response, no.status, no.body);
    const answer = await fetch(
      method === 'POST' ? `${upstream}${pathname}` : `${upstream}${pathname}?${form}`,
      method === 'POST' ? { method, body: form } : { method },
    );
    const said = await answer.text();
    send(response, answer.status, answer.ok && change ? change(said, one) : said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came: came as readonly Came[],
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
