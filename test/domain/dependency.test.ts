import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { dependencyId, evidenceId, type Reading } from '../../src/domain/dependency.ts';
import { serviceId, serviceKinds } from '../../src/domain/service.ts';
import { hostileTexts } from '../support/hostile.ts';
import { tempo, waypoint } from '../support/readings.ts';
import { identity, mode } from './arbitraries.ts';

const anyId = fc
  .tuple(identity, fc.constantFrom(...serviceKinds))
  .map(([service, kind]) => serviceId(service, kind));

describe('the id of a dependency', () => {
  it('names the client, then the server', () => {
    expect(dependencyId('shop:checkout', 'shop:payments')).toBe('shop:checkout~~shop:payments');
  });

  it.prop([anyId, anyId])('splits back into client and server', (client, server) => {
    const id = dependencyId(client, server);
    const [first] = id.split('~~', 1);
    expect(first).toBe(client);
    expect(id.slice(client.length + 2)).toBe(server);
  });

  it.prop([anyId, anyId])('differs from that of the other direction', (client, server) => {
    fc.pre(client !== server);
    expect(dependencyId(client, server)).not.toBe(dependencyId(server, client));
  });
});

describe('the id of evidence', () => {
  const source = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/);
  const pair = fc.tuple(anyId, anyId).map(([client, server]) => dependencyId(client, server));

  const reading = fc.constantFrom<[string, Reading]>(
    ['tempo', tempo],
    ['istio/waypoint', waypoint],
    ['otel-collector/lab_', { dialect: 'otel-collector', variant: 'lab_' }],
  );

  it.prop([source, fc.string({ unit: 'binary', minLength: 1 }), mode, pair])(
    'splits back whatever stands before the names of metrics',
    (from, variant, how, of) => {
      fc.pre(variant.isWellFormed());
      const id = evidenceId(from, { dialect: 'otel-collector', variant }, how, of);
      const [first, read = '', ...rest] = id.split('|');
      expect([first, ...rest]).toEqual([from, how, of]);
      const [dialect, written = '', ...more] = read.split('/');
      expect([dialect, ...more]).toEqual(['otel-collector']);
      expect(decodeURIComponent(written.replaceAll('~', '%'))).toBe(variant);
    },
  );

  it.each(hostileTexts.filter((text) => text.isWellFormed()))(
    'has four parts where the variant is %j',
    (variant) => {
      const id = evidenceId('shop', { dialect: 'otel-collector', variant }, 'sync', 'a~~b');
      expect(id).toMatch(/^shop\|otel-collector\/[A-Za-z0-9._~-]+\|sync\|a~~b$/);
    },
  );

  it.prop([source, reading, mode, pair])(
    'splits back into source, reading, mode and pair',
    (from, [name, one], how, of) => {
      expect(evidenceId(from, one, how, of).split('|')).toEqual([from, name, how, of]);
    },
  );
});
