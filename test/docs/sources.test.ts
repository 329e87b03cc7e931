import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceSchema } from '../../src/sources/source-schema.ts';
import { loadSourcesFile } from '../../src/sources/sources-file.ts';

const path = (file: string) => fileURLToPath(new URL(`../../docs/${file}`, import.meta.url));
const settings = Object.keys(sourceSchema({ env: null, folder: '' }).in.shape);

describe('the documentation of sources', () => {
  it('has an example that is right, and has every setting', () => {
    const sources = loadSourcesFile(path('sources.example.yaml'), null);
    expect(sources.map(({ id }) => id)).toEqual([
      'staging',
      'shop-eu',
      'collector',
      'tenant',
      'mesh',
    ]);
    const text = readFileSync(path('sources.example.yaml'), 'utf8');
    expect(settings.filter((name) => !new RegExp(`^[ -]*${name}:`, 'm').test(text))).toEqual([]);
  });

  it('has rules in its example that do what is said of them', () => {
    const [, shop] = loadSourcesFile(path('sources.example.yaml'), null);
    const becomes = (side: 'client' | 'server', name: string) =>
      shop?.relabelling?.apply(side, { environment: '', cluster: '', namespace: '', name });
    expect(becomes('client', 'Checkout-7d9f-x2x4')).toMatchObject({
      endpoint: { name: 'checkout' },
    });
    expect(becomes('server', 'payments.shop')).toMatchObject({
      endpoint: { name: 'payments', namespace: 'shop' },
    });
    expect(becomes('client', 'probe')).toEqual({ droppedBy: 4 });
    expect(becomes('server', 'probe')).toMatchObject({ endpoint: { name: 'probe' } });
    expect(becomes('client', '10.0.0.1:443')).toEqual({ droppedBy: 5 });
  });

  it('explains every setting', () => {
    const text = readFileSync(path('sources.md'), 'utf8');
    const [, table = ''] = /## A source\n([\s\S]*?)\n## /.exec(text) ?? [];
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const explained = rows.flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(explained.sort()).toEqual(settings.toSorted());
  });
});
