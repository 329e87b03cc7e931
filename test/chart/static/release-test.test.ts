import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { render } from '../support/helm.ts';
import { podOfComponent } from '../support/pods.ts';

/** Runs the container of `helm test` here, against an API whose readiness answers with a status. */
async function tryRelease(status: number): Promise<{ code: unknown; out: string }> {
  const api = createServer((request, response) => {
    response.writeHead(request.url === '/api/v1/health/ready' ? status : 200);
    response.end(`{"path":"${request.url}"}`);
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port } = api.address() as AddressInfo;
  try {
    const { spec } = podOfComponent(await render([]), 'test');
    const [program = '', ...args] = spec.containers[0]?.args ?? [];
    expect([program, args.length]).toEqual(['node', 3]);
    const here = args.map((one) =>
      one.replace('http://r-topolog-api.topolog.svc:80', `http://127.0.0.1:${port}`),
    );
    const child = spawn(process.execPath, here, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    const out = await text(child.stdout);
    const [code] = await ended;
    return { code, out };
  } finally {
    api.close();
    api.closeAllConnections();
  }
}

describe('the test of a release', () => {
  it('is content with an API that is ready', async () => {
    const { code, out } = await tryRelease(200);
    expect(code).toBe(0);
    expect(out).toContain('{"path":"/api/v1/health"}');
  });

  it('fails where the API is not, and shows what it says', async () => {
    const { code, out } = await tryRelease(503);
    expect(code).toBe(1);
    expect(out).toMatch(/503 .*\/api\/v1\/health\/ready \{"path"/);
  });
});
