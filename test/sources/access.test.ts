import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../src/runtime/secret.ts';
import { type Access, withoutOwnSecrets } from '../../src/sources/access.ts';
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

describe('a source that wants parameters in each URL', () => {
  const params = [
    ['namespace', new Secret('shop eu')],
    ['extra_label', new Secret('a=b')],
    ['extra_label', new Secret('c=d')],
  ] as const;
  const access: Access = { headers: [], params };
  const inUrl = 'namespace=shop+eu&extra_label=a%3Db&extra_label=c%3Dd';

  it('has them by POST, beside the question in the body', async () => {
    const { client, asked } = await prometheusThat([good], { access });
    await client.query('x', 0);
    expect(asked[0]?.path).toBe(`/api/v1/query?${inUrl}`);
    expect(asked[0]?.form.get('query')).toBe('x');
    expect(asked[0]?.form.has('namespace')).toBe(false);
  });

  it('has them by GET, before the question', async () => {
    const { client, asked } = await prometheusThat([status(405), good], { access });
    await client.query('x', 0);
    expect(asked[1]?.path).toMatch(`/api/v1/query?${inUrl}&query=x&`);
  });

  it('has them with whatever else it is asked', async () => {
    const paths: unknown[] = [];
    const { client, asked } = await prometheusThat(
      [status(200, '{"status":"success","data":[]}')],
      { access },
      (response, request) => void response.writeHead(404).end(void paths.push(request.url)),
    );
    await client.flavour();
    await client.labelValues('client', { matchers: [], startMillis: 0, endMillis: 1000 });
    expect(paths).toEqual([`/api/v1/status/buildinfo?${inUrl}`]);
    expect(asked[0]?.path).toBe(`/api/v1/label/client/values?${inUrl}&start=0.000&end=1.000`);
  });

  it('does not have them in an error or a warning, in whatever form it says them', async () => {
    const said = 'no shop eu, shop+eu, shop%20eu, a=b or c%3Dd';
    const hidden = 'no [secret], [secret], [secret], [secret] or [secret]';
    const bad = await prometheusThat([status(400, said)], { access });
    expect((await errorOf(bad.client.query('x', 0))).message).toContain(hidden);
    const data = { resultType: 'vector', result: [] };
    const body = JSON.stringify({ status: 'success', warnings: [said], data });
    const { client } = await prometheusThat([status(200, body)], { access });
    expect((await client.query('x', 0)).warnings).toEqual([hidden]);
  });
});

describe('secrets in a text', () => {
  it('are hidden where one is part of another, or of what stands for them', () => {
    const access = headers(['X-A', 'hunter'], ['X-B', 'hunter2.*'], ['X-C', 'secret']);
    expect(withoutOwnSecrets('hunter2.* hunter hunter2x secret', access)).toBe(
      '[secret] [secret] [secret]2x [secret]',
    );
  });

  it('do not change a text where there are none', () => {
    expect(withoutOwnSecrets('a', undefined)).toBe('a');
    expect(withoutOwnSecrets('a', headers(['X-A', '']))).toBe('a');
  });
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
