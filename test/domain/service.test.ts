import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  isIdOf,
  isVirtual,
  kindStrength,
  type ServiceIdentity,
  type ServiceKind,
  serviceId,
  serviceKinds,
} from '../../src/domain/service.ts';
import { identity } from './arbitraries.ts';

const named = (name: string, scope: Partial<ServiceIdentity> = {}): ServiceIdentity => ({
  environment: '',
  cluster: '',
  namespace: '',
  name,
  ...scope,
});

/** Reads an id back: what can be read back without loss never names two services. */
function identityOf(id: string): ServiceIdentity {
  const parts = id.split(':').map((part) => {
    const bytes = [...part.matchAll(/~([0-9A-F]{2})|(.)/gs)].map(([, hex, plain]) =>
      hex === undefined ? (plain ?? '').charCodeAt(0) : Number.parseInt(hex, 16),
    );
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes),
    );
  });
  const [environment = '', cluster = '', namespace = '', name = ''] = [
    ...Array<string>(4 - parts.length).fill(''),
    ...parts,
  ];
  return { environment, cluster, namespace, name };
}

describe('the id of a service', () => {
  it.each([
    [named('checkout'), 'checkout'],
    [named('checkout', { namespace: 'shop' }), 'shop:checkout'],
    [
      named('checkout', { environment: 'prod', cluster: 'eu-1', namespace: 'shop' }),
      'prod:eu-1:shop:checkout',
    ],
    [named('checkout', { environment: 'prod' }), 'prod:::checkout'],
    [named('10.0.0.7:6379'), '10.0.0.7~3A6379'],
    [named('café au lait'), 'caf~C3~A9~20au~20lait'],
    [named('a~b'), 'a~7Eb'],
  ])('is readable: %o is %s', (service, id) => {
    expect(serviceId(service, 'service')).toBe(id);
  });

  it.prop([identity])('can be read back, so no two services share one', (service) => {
    expect(identityOf(serviceId(service, 'service'))).toEqual(service);
  });

  it('keeps composed and decomposed spellings of a name apart', () => {
    expect(serviceId(named('\u00e9'), 'service')).not.toBe(serviceId(named('e\u0301'), 'service'));
  });

  it.prop([identity])('consists of characters that mean nothing in a URL', (service) => {
    expect(serviceId(service, 'service')).toMatch(/^[A-Za-z0-9._~:-]+$/);
  });

  it.prop([identity, fc.constantFrom(...serviceKinds)])(
    'survives as a segment of a URL',
    (service, kind) => {
      const id = serviceId(service, kind);
      fc.pre(id !== '.' && id !== '..');
      expect(new URL(`http://host/services/${id}/x`).pathname).toBe(`/services/${id}/x`);
    },
  );

  it.each(['.', '..'])(
    'survives as a segment of a URL even where it means a folder: %s',
    (name) => {
      const id = serviceId(named(name), 'service');
      expect(new URL(`http://host/services/${id}/x`).pathname).toBe(`/services/${id}/x`);
    },
  );

  it.prop([identity, fc.constantFrom<ServiceKind>('user', 'unknown'), identity])(
    'of a virtual user or unknown never meets that of a real service',
    (virtual, kind, real) => {
      expect(serviceId(virtual, kind)).not.toBe(serviceId(real, 'service'));
    },
  );

  it('of a virtual user is one per scope, and differs from that of a virtual unknown', () => {
    expect(serviceId(named('user'), 'user')).toBe('~user');
    expect(serviceId(named('user', { namespace: 'shop' }), 'user')).toBe('shop:~user');
    expect(serviceId(named('unknown'), 'unknown')).toBe('~unknown');
  });

  it.each(serviceKinds.filter((kind) => kind !== 'user' && kind !== 'unknown'))(
    'does not depend on the kind, as that may become better known: %s',
    (kind) => {
      expect(serviceId(named('redis'), kind)).toBe(serviceId(named('redis'), 'service'));
    },
  );
});

describe('the kinds of services', () => {
  it('that may share an id have different strengths, so the stronger one is always known', () => {
    const sharing = serviceKinds.filter((kind) => kind !== 'user' && kind !== 'unknown');
    expect(new Set(sharing.map((kind) => kindStrength[kind])).size).toBe(sharing.length);
  });

  it('with spans of their own are the strongest', () => {
    expect(Math.max(...serviceKinds.map((kind) => kindStrength[kind]))).toBe(kindStrength.service);
  });

  it('without a process of their own are virtual', () => {
    expect(serviceKinds.filter(isVirtual)).toEqual(['external', 'user', 'unknown']);
  });
});

describe('the environment of an id', () => {
  it.prop([identity, fc.string()])('is that of its service, and no other', (one, other) => {
    const id = serviceId(one, 'service');
    expect(isIdOf([one.environment], id)).toBe(true);
    expect(isIdOf([other], id)).toBe(other === one.environment);
    expect(isIdOf([other, one.environment], id)).toBe(true);
    expect(isIdOf([], id)).toBe(false);
  });
});
