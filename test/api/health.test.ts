import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { bodyOf, createTestApp, instant } from './doubles.ts';

type Answer = { status: string; dependencies: Record<string, { error: string | null }> };

const fine = async () => {};
const never = () => new Promise<void>(() => {});
const graphDown = async () => {
  throw new AppError('GraphUnavailable', 'Neo4j: connect ECONNREFUSED 10.0.0.7:7687');
};

describe('GET /api/v1/health', () => {
  it('lives without asking any dependency', async () => {
    const asked = vi.fn(graphDown);
    const { app } = createTestApp({ readiness: { neo4j: asked }, isShuttingDown: true });
    const response = await app.request('/api/v1/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3' });
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('GET /api/v1/health/ready', () => {
  it('says when to ask again while it is not ready', async () => {
    const { app } = createTestApp({ readiness: { neo4j: graphDown } });
    const response = await app.request('/api/v1/health/ready');
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5']);
  });

  const ready = async (options: Parameters<typeof createTestApp>[0]) => {
    const response = await createTestApp(options).app.request('/api/v1/health/ready');
    return { status: response.status, answer: await bodyOf<Answer>(response) };
  };

  it('is ready when every dependency answers', async () => {
    const { status, answer } = await ready({ readiness: { neo4j: fine, temporal: fine } });
    expect(status).toBe(200);
    const ok = { status: 'ok', error: null, durationMs: expect.any(Number) };
    expect(answer).toEqual({
      status: 'ready',
      version: '1.2.3',
      checkedAt: instant,
      dependencies: { neo4j: ok, temporal: ok },
    });
  });

  it('names the dependency that fails, in a sentence without internals', async () => {
    const { status, answer } = await ready({ readiness: { neo4j: graphDown, temporal: fine } });
    expect(status).toBe(503);
    expect(answer).toMatchObject({
      status: 'notReady',
      dependencies: {
        neo4j: { status: 'error', error: 'Neo4j did not answer. Try again in a few seconds.' },
        temporal: { status: 'ok' },
      },
    });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7');
  });

  it('says what to do when the schema is missing', async () => {
    const { answer } = await ready({
      readiness: {
        neo4j: async () => {
          throw new AppError('SchemaMissing', 'x');
        },
      },
    });
    expect(answer.dependencies.neo4j?.error).toContain('topolog migrate');
  });

  it('does not show an error that is not ours, even one thrown at once', async () => {
    const { status, answer } = await ready({
      readiness: {
        neo4j: () => {
          throw new Error('hunter2');
        },
      },
    });
    expect(status).toBe(503);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('is not ready while shutting down', async () => {
    const { status, answer } = await ready({ readiness: { neo4j: fine }, isShuttingDown: true });
    expect(status).toBe(503);
    expect(answer.status).toBe('shuttingDown');
  });

  describe('when dependencies hang', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('waits 3 s for all of them together', async () => {
      const answering = ready({ readiness: { neo4j: never, temporal: never, other: fine } });
      await vi.advanceTimersByTimeAsync(3000);
      const { status, answer } = await answering;
      expect(status).toBe(503);
      expect(answer.dependencies).toMatchObject({
        neo4j: { status: 'error', error: 'neo4j did not answer within 3 s.' },
        temporal: { status: 'error' },
        other: { status: 'ok' },
      });
    });
  });
});
