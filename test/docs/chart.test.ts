import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  chart,
  filesOf,
  readmeText,
  root,
  schemaText,
  shipped,
  valuesOf,
} from '../../dev/chart/generate.ts';

const read = (file: string): string => readFileSync(join(chart, file), 'utf8');
const amiss = 'say `npm run chart`';

/** Objects of Kubernetes that the chart passes on, and maps whose keys are the user's. */
type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function openObjects(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => openObjects(one, path));
  if (!isSchema(value)) return [];
  const deeper = Object.entries(value).flatMap(([key, inner]) =>
    openObjects(inner, ['properties', 'anyOf', 'items'].includes(key) ? path : `${path}.${key}`),
  );
  const open = value.type === 'object' && isOpen(value.additionalProperties);
  return open ? [path, ...deeper] : deeper;
}

/** Whether keys are taken whatever their values are. */
function isOpen(additional: unknown): boolean {
  return additional === undefined || (isSchema(additional) && Object.keys(additional).length === 0);
}

describe('the chart of Helm', () => {
  it('has the schema of its values', () => {
    expect(read('values.schema.json'), amiss).toBe(schemaText());
  });

  it('has every value in its README', () => {
    expect(read('README.md'), amiss).toBe(readmeText(read('README.md')));
  });

  it('says of every value what it means', () => {
    const values = valuesOf(read('values.yaml'));
    expect(values.length).toBeGreaterThan(100);
    expect(values.filter(({ description }) => description === '')).toEqual([]);
  });

  it('is strict but for what it passes on to Kubernetes', () => {
    const open = openObjects(JSON.parse(read('values.schema.json')), '');
    expect([...new Set(open.map((path) => path.split('.').at(-1)))].sort()).toEqual([
      'behavior',
      'extra',
      'extraVolumeMounts',
      'extraVolumes',
      'global',
      'namespaceSelector',
      'nodeAffinity',
      'podAffinity',
      'podAntiAffinity',
      'podSelector',
      'tolerations',
      'topologySpreadConstraints',
      'valueFrom',
    ]);
  });

  it('has the version of the package', () => {
    const version = z.object({ version: z.string(), appVersion: z.string() });
    const { appVersion } = version.parse(parse(read('Chart.yaml')));
    const text = readFileSync(join(root, 'package.json'), 'utf8');
    expect(appVersion).toBe(z.object({ version: z.string() }).parse(JSON.parse(text)).version);
  });

  it.each(shipped)('ships $from as it is', ({ from, to, ending }) => {
    expect(filesOf(join(chart, to), ending), amiss).toEqual(filesOf(join(root, from), ending));
  });
});
