import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { urlThatAnswers } from '../../../src/cli/doctor/checks/source-url.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { aSource, vector } from '../../sources/doubles.ts';

const access = { headers: [['authorization', new Secret('Bearer s3cret')]] } as const;
const tls = (file: string) => readFileSync(new URL(`../../fixtures/tls/${file}`, import.meta.url));

/** A server that answers queries under one path alone, and keeps what it was asked. */
async function serverUnder(path: string, secure = false) {
  const asked: { url: string; authorization: string | undefined }[] = [];
  const answer: RequestListener = ({ url = '', headers }, response) => {
    asked.push({ url, authorization: headers.authorization });
    const there = url.startsWith(`${path}/api/v1/query?`);
    response.writeHead(there ? 200 : 404).end(there ? vector() : 'not here');
  };
  const server = secure
    ? createHttps({ cert: tls('server.pem'), key: tls('server.key') }, answer)
    : createHttp(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, place: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the URL that answers in place of one that does not', () => {
  it.each(['/prometheus', '/api/prom', '/select/0/prometheus', '/prom'])(
    'is found under %s, on the same host, with the key of the source',
    async (path) => {
      const { place, asked } = await serverUnder(path);
      const found = await urlThatAnswers(aSource({ url: `http://${place}`, access }));
      expect(found).toBe(`http://${place}${path} answers`);
      const keyed = asked.filter(({ url }) => url.startsWith(path));
      expect(keyed[0]?.authorization).toBe('Bearer s3cret');
    },
  );

  it('is found at the root where a path is too much', async () => {
    const { place } = await serverUnder('');
    expect(await urlThatAnswers(aSource({ url: `http://${place}/graph` }))).toBe(
      `http://${place} answers`,
    );
  });

  it('is http where https was written, and the key is not sent by it', async () => {
    const { place, asked } = await serverUnder('');
    expect(await urlThatAnswers(aSource({ url: `https://${place}`, access }))).toBe(
      `http://${place} speaks http`,
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it('is https where http was written, and the key is not sent by it', async () => {
    const { place, asked } = await serverUnder('', true);
    expect(await urlThatAnswers(aSource({ url: `http://${place}`, access }))).toBe(
      `https://${place} speaks https`,
    );
    expect(asked).toEqual([{ url: '/api/v1/query?query=1', authorization: undefined }]);
  });

  it('is none where nothing answers', async () => {
    expect(await urlThatAnswers(aSource({ url: 'http://127.0.0.1:1' }))).toBeNull();
    const { place } = await serverUnder('/elsewhere');
    expect(await urlThatAnswers(aSource({ url: `http://${place}` }))).toBeNull();
  });
});
