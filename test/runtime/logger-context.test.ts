import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { withLogContext } from '../../src/runtime/log-context.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { createSourceReaders } from '../../src/sources/readers.ts';
import { echoingServer } from '../support/servers.ts';
import { testSource } from '../support/source.ts';

function logged(process = 'worker') {
  const lines: string[] = [];
  const logger = createLogger(
    { level: 'info', process },
    { write: (line) => void lines.push(line) },
  );
  return { logger, lines, last: (): unknown => JSON.parse(lines.at(-1) ?? '') };
}

describe('a line of the log', () => {
  const provider = new NodeTracerProvider();
  beforeAll(() => provider.register());
  afterAll(() => provider.shutdown());

  it('says which work it is of, also after a wait, and work beside it does not mix in', async () => {
    const { logger, lines } = logged();
    const work = (run: string) =>
      withLogContext({ run, source: 'shop' }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        logger.info({ window: 1 }, 'window read');
      });
    await Promise.all([work('one'), work('two')]);
    logger.info('outside');
    const said = lines.map((line): unknown => JSON.parse(line));
    expect(said).toMatchObject([
      { run: 'one', source: 'shop', window: 1, process: 'worker' },
      { run: 'two', source: 'shop' },
      { msg: 'outside' },
    ]);
    expect(said[2]).not.toHaveProperty('run');
  });

  it('keeps what it says itself', () => {
    const { logger, last } = logged();
    withLogContext({ source: 'shop' }, () => logger.info({ source: 'other' }, 'x'));
    expect(last()).toMatchObject({ source: 'other' });
  });

  it('names the span it was written in, and none where there is none', () => {
    const { logger, last } = logged();
    const span = provider.getTracer('test').startSpan('work');
    context.with(trace.setSpan(context.active(), span), () => logger.info('within'));
    const { traceId, spanId } = span.spanContext();
    expect(last()).toMatchObject({ trace_id: traceId, span_id: spanId });
    logger.info('without');
    expect(last()).not.toHaveProperty('trace_id');
  });
});

describe('the credentials of a source', () => {
  it.each([400, 422, 503, 302])('stay out of the log, whatever it answers: %i', async (status) => {
    const server = await echoingServer(status);
    const agent = new Agent();
    onTestFinished(async () => {
      await agent.close();
      await server.close();
    });
    const { logger, lines } = logged();
    const access = {
      headers: [
        ['authorization', new Secret('Bearer tell-nobody')],
        ['x-scope-orgid', new Secret('a-secret-tenant')],
      ] as const,
      tls: { key: new Secret('the-private-key') },
    };
    const source = testSource({ url: server.url, access: { headers: access.headers } });
    const readers = createSourceReaders([source], agent, {
      shardSeries: 1,
      retryDelaysMillis: [1],
      onRetry: (id, error, attempt) =>
        logger.warn({ source: id, attempt, err: error }, 'request to the source is repeated'),
    });
    const window = { startMillis: 0, endMillis: 900_000 };
    const signal = new AbortController().signal;
    await readers.planWindow(source, window, new Map(), signal).catch((err: unknown) => {
      logger.error({ err, source, access }, 'activity failed');
    });
    expect(lines.length).toBeGreaterThan(0);
    expect(server.seen()).toContain('tell-nobody');
    expect(lines.join()).not.toMatch(/tell-nobody|a-secret-tenant|the-private-key/);
    expect(lines.join()).toContain('[secret]');
  });
});
