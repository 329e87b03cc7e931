import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout, freeOffset, npmStart } from '../../dev/checkout.ts';
import { cypherByPage } from '../../support/bolt-page.ts';

const page = { origin: 'https://evil.example' };
const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

/** What takes samples or orders from whoever asks, where it is switched on. */
const doors = [
  ['POST', 'api/v1/write'],
  ['POST', 'api/v1/otlp/v1/metrics'],
  ['POST', 'api/v1/admin/tsdb/delete_series?match[]=up'],
  ['POST', 'api/v1/admin/tsdb/snapshot'],
  ['POST', '-/reload'],
  ['POST', '-/quit'],
] as const;

/** The addresses that processes listen on whose command line names the directory, as Linux tells them. */
function listening(directory: string): string[] {
  const sockets = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory)) continue;
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        if (inode) sockets.add(inode);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && sockets.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

/** So long only what hangs takes. */
const hang = { timeout: 600_000 };

describe('the servers of npm start', () => {
  it('are open to no page in a browser, and to no other machine', hang, async () => {
    const root = checkout();
    const offset = await freeOffset();
    const stack = await npmStart(root, ['--port-offset', String(offset)]);
    expect(await stack.says('Ctrl-C stops it')).toBe(true);
    const data = join(root, '.topolog');

    const bolt = 7687 + offset;
    expect(await cypherByPage(bolt)).toBe('Neo.ClientError.Security.Unauthorized');
    const password = readFileSync(join(data, 'neo4j-password'), 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(await cypherByPage(bolt, { user: 'neo4j', password })).toBe('ran');
    expect(readFileSync(join(data, 'env'), 'utf8')).toContain(`NEO4J_PASSWORD='${password}'`);
    expect([data, join(data, 'neo4j-password'), join(data, 'env')].map(mode)).toEqual([
      '700',
      '600',
      '600',
    ]);
    expect(stack.said()).not.toContain(password);

    const prometheus = `http://127.0.0.1:${9090 + offset}`;
    for (const [method, path] of doors) {
      const answer = await fetch(`${prometheus}/${path}`, { method, headers: page });
      const said = await answer.text();
      if (path.includes('/admin/')) expect(said, path).toContain('admin APIs disabled');
      else expect([403, 404, 405], path).toContain(answer.status);
    }
    const read = await fetch(`${prometheus}/api/v1/query?query=up`, { headers: page });
    expect(read.headers.get('access-control-allow-origin')).toBeNull();

    const loopback = new Set([
      '0100007F',
      '00000000000000000000000001000000',
      '0000000000000000FFFF00000100007F',
    ]);
    const addresses = listening(root);
    expect(addresses.length).toBeGreaterThanOrEqual(5);
    expect(addresses.filter((address) => !loopback.has(address))).toEqual([]);
  });

  it('let Prometheus take remote write where that was asked for', hang, async () => {
    const root = checkout();
    const offset = await freeOffset();
    const args = ['--port-offset', String(offset), '--remote-write'];
    const stack = await npmStart(root, args);
    expect(await stack.says('takes remote write')).toBe(true);
    const { status } = await fetch(`http://127.0.0.1:${9090 + offset}/api/v1/write`, {
      method: 'POST',
      body: 'no samples',
    });
    expect([400, 415]).toContain(status);
  });
});
