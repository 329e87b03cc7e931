import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

interface TestServer {
  readonly url: string;
  close(): Promise<void>;
}

function listening(server: Server): Promise<TestServer> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

/** Holds requests back until they are released, then passes them on; others it passes on at once. */
export async function slowProxy(target: string, holds: (body: string) => boolean = () => true) {
  const { promise: released, resolve: release } = withResolvers();
  const { promise: asked, resolve: ask } = withResolvers();
  const server = await listening(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const held = holds(body);
        if (held) ask();
        void (held ? released : Promise.resolve())
          .then(() =>
            fetch(`${target}${request.url}`, {
              method: 'POST',
              body,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            }),
          )
          .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
          .catch(() => response.destroy());
      });
    }),
  );
  return { ...server, release, asked };
}

/** Passes every query on, and keeps the headers it came with. */
export async function recordingProxy(target: string) {
  const headers: IncomingHttpHeaders[] = [];
  const server = await listening(
    createServer(async (request, response) => {
      headers.push(request.headers);
      const body = await text(request);
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(`${target}${request.url}`, {
        method: 'POST',
        body,
        headers: type,
      });
      response.writeHead(answer.status).end(await answer.text());
    }),
  );
  return { ...server, headers };
}

/** Passes on every query but those it is told to refuse, as a server that has no room for them. */
export function refusingProxy(target: string, refuses: (query: string) => boolean) {
  return listening(
    createServer(async (request, response) => {
      const body = await text(request);
      if (refuses(new URLSearchParams(body).get('query') ?? '')) {
        response.writeHead(422, { 'content-type': 'application/json' });
        const error = 'query processing would load too many samples into memory';
        response.end(JSON.stringify({ status: 'error', errorType: 'execution', error }));
        return;
      }
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await fetch(`${target}${request.url}`, { method: 'POST', body, headers });
      response.writeHead(answer.status).end(await answer.text());
    }),
  );
}

/** Answers with one status and, as its error, with all that it was told in headers. */
export async function echoingServer(status: number) {
  let all = '';
  const server = await listening(
    createServer((request, response) => {
      request.resume();
      const error = JSON.stringify(request.headers);
      all += error;
      response.writeHead(status, { location: `/login?${encodeURIComponent(error)}` });
      response.end(JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
    }),
  );
  return { ...server, seen: () => all };
}

/** Answers every request with one status until it is repaired, then passes all on. */
export async function brokenProxy(target: string, status: number) {
  let repaired = false;
  const server = await listening(
    createServer(async (request, response) => {
      const body = await text(request);
      if (!repaired) {
        response.writeHead(status, { 'content-type': 'text/plain' }).end('not for you');
        return;
      }
      const answer = await fetch(
        `${target}${request.url}`,
        request.method === 'GET'
          ? {}
          : {
              method: 'POST',
              body,
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            },
      );
      response.writeHead(answer.status).end(await answer.text());
    }),
  );
  const repair = () => {
    repaired = true;
  };
  return { ...server, repair };
}

/** Rejects every query, as Prometheus rejects one it cannot read. */
export function rejectingServer(): Promise<TestServer> {
  return listening(
    createServer((request, response) => {
      request.resume();
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'not a query' }),
      );
    }),
  );
}

function withResolvers() {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
