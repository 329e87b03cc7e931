import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StackError } from '../../dev/stack/errors.mjs';
import { parseOptions } from '../../dev/start/options.mjs';
import { planStack } from '../../dev/start/plan.mjs';

const plan = (args: string[], env: Record<string, string>) =>
  planStack(parseOptions(args, env), env);

function refusal(args: string[], env: Record<string, string> = {}): StackError {
  try {
    parseOptions(args, env);
  } catch (error) {
    if (error instanceof StackError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the options of npm start', () => {
  it('has defaults', () => {
    const options = parseOptions([], {});
    expect(options).toMatchObject({ help: false, demo: true, dataDir: resolve('.topolog') });
    expect(options.ports).toEqual({
      ...{ api: 8000, worker: 8001, temporalMetrics: 8002, temporal: 7233, temporalUi: 8233 },
      ...{ bolt: 7687, prometheus: 9090, exporter: 9464 },
    });
  });

  it('moves every port, and the API where PORT says', () => {
    const { ports } = parseOptions(['--port-offset', '100'], { PORT: '9000' });
    expect(ports).toMatchObject({ api: 9000, worker: 8101, temporal: 7333, exporter: 9564 });
  });

  it.each([
    [['--bogus'], {}, /^Unknown option '--bogus'/],
    [['--port-offset'], {}, /argument missing/],
    [['--port-offset', 'many'], {}, /must be a number from 0 to 56071, not “many”/],
    [['--port-offset', '60000'], {}, /must be a number from 0 to 56071/],
    [['demo'], {}, /^Unexpected argument 'demo'/],
    [['--data', ''], {}, /--data must name a directory/],
    [[], { PORT: 'http' }, /^PORT must be a port from 1 to 65535, not “http”/],
  ])('refuses %j %j in one sentence', (args, env, sentence) => {
    const error = refusal(args, env);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('\n');
    expect(error.exitCode).toBe(2);
  });
});

describe('the plan', () => {
  it('runs everything, with the demo, where nothing is configured', () => {
    const { demo, ports, appEnv } = plan(['--port-offset', '10'], {});
    expect(demo).toBe(true);
    expect(ports.map(({ port }) => port)).toEqual([8010, 8011, 8012, 7243, 8243, 7697, 9100, 9474]);
    expect(appEnv).toMatchObject({
      TEMPORAL_ADDRESS: '127.0.0.1:7243',
      NEO4J_URI: 'bolt://127.0.0.1:7697',
      PROMETHEUS_URL: 'http://127.0.0.1:9100',
      HOST: '127.0.0.1',
      PORT: '8010',
      WORKER_PORT: '8011',
      OTEL_GRAPH_SOURCE_ID: 'demo',
      OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '1',
    });
  });

  it('runs none of what is configured, and no demo beside a configured Prometheus', () => {
    const { demo, ports, appEnv } = plan([], {
      TEMPORAL_ADDRESS: 'temporal:7233',
      NEO4J_URI: 'neo4j://graph',
      PROMETHEUS_URL: 'http://mimir',
    });
    expect(demo).toBe(false);
    expect(ports.map(({ port }) => port)).toEqual([8000, 8001, 8002]);
    expect(appEnv).toMatchObject({ TEMPORAL_ADDRESS: 'temporal:7233', NEO4J_URI: 'neo4j://graph' });
    expect(appEnv).not.toHaveProperty('OTEL_GRAPH_SOURCE_ID');
  });

  it('runs no Prometheus and no demo where a file names the sources', () => {
    const { demo, ports, appEnv } = plan([], { TOPOLOG_SOURCES_FILE: 'sources.yaml' });
    expect(demo).toBe(false);
    expect(ports.map(({ port }) => port)).toEqual([8000, 8001, 8002, 7233, 8233, 7687]);
    expect(appEnv).toMatchObject({ TOPOLOG_SOURCES_FILE: 'sources.yaml' });
    expect(appEnv).not.toHaveProperty('PROMETHEUS_URL');
  });

  it('keeps what the user set, and the defaults of Topolog without the demo', () => {
    const own = plan([], { OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '5', OTEL_GRAPH_SOURCE_ID: '' });
    expect(own.appEnv).toMatchObject({
      OTEL_GRAPH_INGEST_INTERVAL_MINUTES: '5',
      OTEL_GRAPH_SOURCE_ID: 'demo',
    });
    const { demo, appEnv } = plan(['--no-demo'], {});
    expect(demo).toBe(false);
    expect(Object.keys(appEnv).filter((name) => name.startsWith('OTEL_GRAPH_'))).toEqual([]);
  });

  it('does not lead a client of the local Temporal elsewhere', () => {
    const cloud = { TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'true' };
    expect(plan([], cloud).appEnv).not.toHaveProperty('TEMPORAL_API_KEY');
    expect(plan([], { ...cloud, TEMPORAL_ADDRESS: 'a:1' }).appEnv).toMatchObject(cloud);
  });
});
