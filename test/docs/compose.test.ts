import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { recipes } from '../../dev/stack/recipes.mjs';
import { loadConfig } from '../../src/runtime/config.ts';

const read = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      // What is filled in with nothing is an empty text to compose.
      environment: z
        .record(
          z.string(),
          z.preprocess((value) => value ?? '', z.coerce.string()),
        )
        .optional(),
      ports: z.array(z.string()).default([]),
      command: z.array(z.string()).default([]),
    }),
  ),
});
/** As compose fills in what the shell does not say; a variable that must be said gets a word. */
const filled = read('docker-compose.yml').replace(
  /\$\{\w+:([-?])([^}]*)\}/g,
  (_, kind: string, text: string) => (kind === '-' ? text : 'chosen-by-somebody'),
);
const { services } = composeSchema.parse(parse(filled, { merge: true }));
const processes = ['api', 'worker', 'migrate'];

describe('docker-compose.yml', () => {
  it.each(processes)('gives %s settings that it takes', (name) => {
    const config = loadConfig(services[name]?.environment ?? {});
    expect(config).toMatchObject({ HOST: '0.0.0.0', PROMETHEUS_URL: 'http://prometheus:9090' });
    expect(config.NEO4J_PASSWORD?.reveal()).toBe('chosen-by-somebody');
  });

  it.each(processes)('lets %s read a file of sources, as docs/deploy.md shows', (name) => {
    const [, shown = ''] = /```yaml\n(.*?)```/s.exec(read('docs/deploy.md')) ?? [];
    const override = z
      .object({
        services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.string()) })),
      })
      .parse(parse(shown.replace(/^ {2}/gm, ''), { merge: true }));
    const environment = {
      ...services[name]?.environment,
      ...override.services[name]?.environment,
    };
    expect(loadConfig(environment).TOPOLOG_SOURCES_FILE).toBe('/etc/topolog/sources.yaml');
  });

  it.each([
    'prometheus.yml',
    'tempo.yml',
    'otel-collector.yml',
    'grafana/datasources/datasources.yml',
  ])('has services under the names in ops/compose/%s', (file) => {
    const text = JSON.stringify(parse(read(`ops/compose/${file}`)));
    const hosts = [...text.matchAll(/"(?:http:\/\/)?([a-z][a-z0-9-]*):\d{4,5}/g)].map(
      ([, host]) => host,
    );
    expect(hosts.length).toBeGreaterThan(0);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(hosts));
  });

  it('publishes on the loopback alone, and nothing that takes writes from whoever asks', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
    expect(published.map(([name]) => name).sort()).toEqual(
      ['api', 'grafana', 'neo4j', 'prometheus', 'temporal'].sort(),
    );
    for (const [name, { ports, command }] of published) {
      expect(
        ports.filter((port) => !port.startsWith('127.0.0.1:')),
        name,
      ).toEqual([]);
      expect(
        command.filter((flag) => /receiver|lifecycle|admin-api/.test(flag)),
        name,
      ).toEqual([]);
    }
    expect(services.prometheus?.command).toContain('--web.cors.origin=none');
    expect(services.temporal?.command).toContain(
      '--dynamic-config-value=frontend.httpAllowedHosts=["none"]',
    );
    expect(services.neo4j?.environment?.NEO4J_AUTH).toBe('neo4j/chosen-by-somebody');
    expect(services.grafana?.environment).toMatchObject({
      GF_SERVER_ENFORCE_DOMAIN: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    });
  });

  it.each([
    ['temporal', recipes.temporal, ':'],
    ['prometheus', recipes.prometheus, ':v'],
    ['neo4j', recipes.neo4j, ':'],
  ])('runs the %s that is built for tests', (name, recipe, prefix) => {
    expect(services[name]?.image).toContain(`${prefix}${recipe().version}`);
  });
});
