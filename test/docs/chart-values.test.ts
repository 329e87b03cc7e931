import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { chart } from '../../dev/chart/generate.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { loadSourcesFile } from '../../src/sources/sources-file.ts';
import { badSettings, badSources, goodSettings, goodSources } from '../support/settings.ts';

const read = (file: string): string => readFileSync(join(chart, file), 'utf8');
const schema: unknown = JSON.parse(read('values.schema.json'));
const values = z.looseObject({ sources: z.looseObject({}) }).parse(parse(read('values.yaml')));
const fits = new Ajv({ strict: false }).compile(z.looseObject({}).parse(schema));
const settings = z
  .object({
    properties: z.object({
      config: z.object({ properties: z.record(z.string(), z.looseObject({})) }),
    }),
  })
  .parse(schema).properties.config.properties;

// What the schema leaves to the templates, so that no password is printed.
const hasUser = (value: unknown): boolean => /:\/\/[^/]*@/.test(String(value));
const chartTakes = (name: string, value: unknown): boolean =>
  fits({ ...values, config: { [name]: value } }) && !hasUser(value);
const programTakes = (name: string, value: unknown): boolean => {
  try {
    loadConfig({ [name]: String(value) });
    return true;
  } catch {
    return false;
  }
};

const folder = mkdtempSync(join(tmpdir(), 'topolog-values-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const loadSources = (sources: readonly unknown[]) => {
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, stringify({ sources }));
  return loadSourcesFile(file, null);
};
const fitsSources = (items: readonly unknown[]): boolean =>
  fits({ ...values, sources: { ...values.sources, items } });

describe('the values of the chart', () => {
  it.each(badSettings)('are refused where the program refuses them: %s=%s', (name, value) => {
    expect(programTakes(name, value)).toBe(false);
    expect(chartTakes(name, value)).toBe(false);
  });

  it.each(goodSettings)('are taken where the program takes them: %s=%s', (name, value) => {
    expect(programTakes(name, value)).toBe(true);
    expect(chartTakes(name, value)).toBe(true);
  });

  it('are not refused for a source that the program takes', () => {
    expect(loadSources(goodSources)).toHaveLength(goodSources.length);
    expect([fitsSources(goodSources), fits.errors]).toEqual([true, null]);
  });

  it('have nothing for a source that no program takes', () => {
    for (const [what, sources] of badSources) {
      expect(() => loadSources(sources), what).toThrow('The sources in');
    }
  });

  describe.each(Object.entries(settings))('%s', (name, { pattern }) => {
    const matching =
      typeof pattern === 'string' ? [fc.stringMatching(new RegExp(pattern, 'u'))] : [];
    const any = fc.oneof(
      ...matching,
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constantFrom(...badSettings.map(([, value]) => value)),
    );

    property.prop([any])('is taken by the program where the chart takes it', (value) => {
      if (chartTakes(name, value))
        expect([value, programTakes(name, value)]).toEqual([value, true]);
    });
  });
});
