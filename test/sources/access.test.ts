import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/runtime/secret.ts';
import type { Access } from '../../src/sources/access.ts';
import { createPrometheusClient } from '../../src/sources/prometheus-client.ts';
import { connectionOf } from '../../src/sources/readers.ts';
import { aSource, errorOf, good, prometheusThat, status, vector } from './doubles.ts';

const headers = (...pairs: readonly (readonly [string, string])[]): Access => ({
  headers: pairs.map(([name, value]) => [name, new Secret(value)] as const),
});

describe('a source that wants to know who asks', () => {
  it('is told by the headers of the source', async () => {
    const access = headers(['X-Scope-OrgID', 'team-a'], ['authorization', 'Bearer hunter2']);
    const { client, asked } = await prometheusThat([good], { access });
    await client.query('x', 0);
    expect(asked[0]?.headers).toMatchObject({
      'x-scope-orgid': 'team-a',
      authorization: 'Bearer hunter2',
      'content-type': 'application/x-www-form-urlencoded',
    });
  });

  it('is told nothing where nothing is configured', async () => {
    const { client, asked } = await prometheusThat([good]);
    await client.query('x', 0);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([301, 302, 303, 307, 308])(
    'may not send the question and its key elsewhere: %i',
    async (code) => {
      const elsewhere = await prometheusThat([good]);
      const location = `${elsewhere.url}/api/v1/query`;
      const access = headers(['authorization', 'Bearer hunter2']);
      const { client } = await prometheusThat([status(code, '', { location }), good], { access });
      const error = await errorOf(client.query('x', 0));
      expect(error.message).toMatch(/a redirect.*not followed/);
      expect(elsewhere.asked).toEqual([]);
    },
  );

  it.each([400, 401, 503])(
    'does not have its key in an error, though the server says it: %i',
    async (code) => {
      const access = headers(['authorization', 'Basic aHVudGVyMg=='], ['X-Key', 'hunter3']);
      const said = 'refused: Basic aHVudGVyMg== (aHVudGVyMg==), hunter3';
      for (const body of [said, JSON.stringify({ status: 'error', error: said })]) {
        const { client } = await prometheusThat([status(code, body)], {
          access,
          retryDelaysMillis: [],
        });
        const error = await errorOf(client.query('x', 0));
        expect(error.message).toContain('refused: [secret]');
        expect(error.message).not.toMatch(/aHVudGVyMg|hunter3/);
      }
    },
  );
});

const pem = (name: string): Secret =>
  new Secret(
    readFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)), 'utf8'),
  );

/** A Prometheus that answers over TLS, and only those with a certificate of its authority. */
async function mutualTls() {
  const clients = new Set<unknown>();
  const server = createServer(
    {
      cert: pem('server.pem').reveal(),
      key: pem('server.key').reveal(),
      ca: pem('ca.pem').reveal(),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      clients.add(subject.CN);
      response.end(vector());
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, clients };
}

describe('a source with certificates', () => {
  async function ask(url: string, access: Access) {
    const shared = new Agent();
    const connection = connectionOf(aSource({ url, access }), shared);
    onTestFinished(async () => {
      await shared.destroy();
      await connection.dispatcher.destroy();
    });
    const client = createPrometheusClient({ ...connection, retryDelaysMillis: [] });
    return client.query('x', 0);
  }
  const cert = pem('client.pem');
  const key = pem('client.key');
  const ca = pem('ca.pem');

  it('is asked with ours, and believed by its authority', async () => {
    const { url, clients } = await mutualTls();
    const answer = await ask(url, { headers: [], tls: { cert, key, ca } });
    expect(answer).toEqual({ samples: [], warnings: [] });
    expect([...clients]).toEqual(['client']);
  });

  it('is not believed without the authority that signed it', async () => {
    const { url, clients } = await mutualTls();
    const error = await errorOf(ask(url, { headers: [], tls: { cert, key } }));
    expect(error.code).toBe('PrometheusUnavailable');
    expect(error.message).toMatch(/certificate/);
    expect([...clients]).toEqual([]);
  });

  it('does not answer without ours', async () => {
    const { url, clients } = await mutualTls();
    const error = await errorOf(ask(url, { headers: [], tls: { ca } }));
    expect(error.code).toBe('PrometheusUnavailable');
    expect([...clients]).toEqual([]);
  });
});
