import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createExporter } from '../../dev/demo/exporter.mjs';
import { exposition } from '../../dev/demo/exposition.mjs';
import { createPlayer } from '../../dev/demo/player.mjs';
import { ensureServer } from '../../dev/stack/index.mjs';

describe('the exporter', () => {
  it('serves the metrics of the moment, under the names of Tempo', async () => {
    let now = 0;
    const exporter = createExporter({ seconds: () => now }).listen(0, '127.0.0.1');
    onTestFinished(() => void exporter.close());
    await once(exporter, 'listening');
    const url = `http://127.0.0.1:${(exporter.address() as AddressInfo).port}`;
    const ask = async (path: string) => (await fetch(`${url}${path}`)).text();
    const series =
      'traces_service_graph_request_total{client="user",server="storefront",connection_type="virtual_node",virtual_node="client"}';
    now = 2;
    expect(await ask('/metrics')).toContain(`${series} 0\n`);
    now = 600;
    expect(await ask('/metrics')).toMatch(
      new RegExp(`${series.replace(/[{}]/g, '\\$&')} \\d{4,}\n`),
    );
    expect((await fetch(`${url}/`)).status).toBe(404);
  });

  it('writes what promtool accepts', async () => {
    const { command, args } = await ensureServer('promtool');
    const promtool = spawn(command, [...args, 'check', 'metrics']);
    const complaints = Promise.all([text(promtool.stdout), text(promtool.stderr)]);
    promtool.stdin.end(exposition(createPlayer().at(600)));
    expect((await complaints).join('')).toBe('');
    expect(promtool.exitCode ?? (await once(promtool, 'exit'))[0]).toBe(0);
  });

  it('tells every kind of connection', () => {
    const lines = exposition(createPlayer().at(600)).split('\n');
    for (const labels of [
      'client="checkout",server="payment",connection_type=""',
      'client="orders",server="notifications",connection_type="messaging_system"',
      'client="cart",server="cart-cache",connection_type="database"',
      'client="payment",server="pay.example.com",connection_type="virtual_node",virtual_node="server"',
    ]) {
      expect(lines.some((line) => line.includes(`request_total{${labels}}`))).toBe(true);
    }
    const messaging = lines.filter((line) => line.includes('messaging_system_seconds_count{'));
    expect(messaging).toHaveLength(2);
  });
});
