import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Answer, errorOf, good, prometheusThat, status, vector } from './doubles.ts';

const at = Date.UTC(2026, 2, 1, 12);

describe('an answer that is not what was asked for', () => {
  it('of another type than a vector is invalid, and not asked for again', async () => {
    const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
    const { client, asked } = await prometheusThat([status(200, body), good]);
    const error = await errorOf(client.query('x[5m]', at));
    expect(error.code).toBe('InvalidMetrics');
    expect(error.message).toContain('matrix');
    expect(asked).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['a web page', status(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['nothing', status(200, '')],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"status":"success"', () => response.destroy());
      },
    ],
  ])('%s is no answer: asked again, then unavailable', async (_, bad) => {
    const { client, asked } = await prometheusThat([bad]);
    expect((await errorOf(client.query('x', at))).code).toBe('PrometheusUnavailable');
    expect(asked).toHaveLength(4);
    const mended = await prometheusThat([bad, good]);
    expect((await mended.client.query('x', at)).samples).toHaveLength(1);
  });

  it.each<[string, Answer, RegExp]>([
    [
      'that is compressed although nobody asked for it',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(vector())),
      /"gzip".*switch compression off/,
    ],
    [
      'that would grow a thousandfold',
      (response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(vector({ metric: { a: 'x'.repeat(10_000_000) }, value: [0, '7'] }))),
      /"gzip"/,
    ],
    [
      'that leads elsewhere',
      status(302, '', { location: 'https://me:secret@login.example/start?token=secret' }),
      /302, a redirect to https:\/\/login\.example\/start; .*the URL that answers/,
    ],
    ['that leads nowhere', status(308), /308, a redirect; /],
  ])('%s is refused without being read, and not asked for again', async (_, bad, says) => {
    const { client, asked } = await prometheusThat([bad, good]);
    const error = await errorOf(client.query('x', at));
    expect(error.code).toBe('PrometheusUnavailable');
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('secret');
    expect(asked).toHaveLength(1);
    expect((await client.query('x', at)).samples).toHaveLength(1);
  });

  it('that breaks off is too much, and not asked for again', async () => {
    const half = vector({ metric: {}, value: [0, '7'] }).slice(0, -9);
    const { client, asked } = await prometheusThat([status(200, half), good]);
    const error = await errorOf(client.query('x', at));
    expect([error.code, error.details]).toEqual(['QueryTooHeavy', { reason: 'cutOff' }]);
    expect(asked).toHaveLength(1);
  });

  it('asks for an answer that is not compressed', async () => {
    const { client, asked } = await prometheusThat([good]);
    await client.query('x', at);
    expect(asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('larger than allowed is too much, and no more of it is read', async () => {
    let hungUp: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      hungUp = resolve;
    });
    const endless: Answer = (response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more).on('close', hungUp);
      more();
    };
    const { client, asked } = await prometheusThat([endless, good], { maxAnswerBytes: 100_000 });
    const error = await errorOf(client.query('x', at));
    expect(error.code).toBe('QueryTooHeavy');
    expect(error.message).toContain('100000 bytes');
    await closed;
    expect(asked).toHaveLength(1);
  });

  it('of just the allowed size is read', async () => {
    const body = vector({ metric: { client: 'é' }, value: [0, '7'] });
    const maxAnswerBytes = Buffer.byteLength(body);
    const { client } = await prometheusThat([status(200, body)], { maxAnswerBytes });
    expect((await client.query('x', at)).samples).toHaveLength(1);
  });
});
