import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { countedAddress, createClientAddress } from '../../src/api/client-address.ts';

const v4 = fc.ipV4();
const address = fc.oneof(v4, fc.ipV6());
/** Anything somebody may have put before what the proxies appended. */
const forged = fc.oneof(
  fc.string(),
  fc.array(fc.oneof(address, fc.string()), { maxLength: 5 }).map((hops) => hops.join(', ')),
);
const trusted = ['10.0.0.0/8', 'fd00::/8'];
const proxy = v4.map((ip) => ip.replace(/^\d+/, '10'));
const outside = v4.filter((ip) => !ip.startsWith('10.'));

describe('the address of a client', () => {
  test.prop([address, fc.option(forged, { nil: undefined })])(
    'is that of its peer where no proxy is trusted, whatever it claims',
    (peer, header) => {
      const told = createClientAddress([])(peer, header);
      expect(told).toBe(createClientAddress([])(peer, undefined));
    },
  );

  test.prop([outside, forged])(
    'is that of its peer where the peer is no trusted proxy, whatever it claims',
    (peer, header) => {
      expect(createClientAddress(trusted)(peer, header)).toBe(peer);
    },
  );

  test.prop([forged, outside, fc.array(proxy, { maxLength: 4 }), proxy])(
    'is what the first of a chain of trusted proxies saw, whatever was claimed before it',
    (claimed, client, proxies, peer) => {
      const header = [...(claimed === '' ? [] : [claimed]), client, ...proxies].join(', ');
      expect(createClientAddress(trusted)(peer, header)).toBe(client);
    },
  );

  test.prop([forged, proxy])('is an address, or the last proxy known', (header, peer) => {
    const told = createClientAddress(trusted)(peer, header);
    expect(told === peer || header.toLowerCase().includes(told)).toBe(true);
  });

  it.each([
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['::ffff:10.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['fd00::1', '192.0.2.1, ::ffff:10.1.2.3', '192.0.2.1'],
    ['10.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
    ['10.0.0.1', '[2001:DB8::1]:4711', '2001:db8::1'],
    ['10.0.0.1', '192.0.2.9, unknown', '10.0.0.1'],
    ['10.0.0.1', '192.0.2.9, ', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    [undefined, '192.0.2.1', 'unknown'],
  ])('from %s with %s is %s', (peer, header, expected) => {
    expect(createClientAddress(trusted)(peer, header)).toBe(expected);
  });
});

describe('whom an address is counted for', () => {
  test.prop([v4])('is itself in IPv4', (ip) => {
    expect(countedAddress(ip)).toBe(ip);
  });

  test.prop([
    fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 }),
  ])('is the /64 in IPv6, however it is written', (groups, host) => {
    const text = (all: number[]) => all.map((one) => one.toString(16)).join(':');
    const other = [...groups.slice(0, 4), ...host];
    expect(countedAddress(text(groups))).toBe(countedAddress(text(other)));
    const compressed = new URL(`http://[${text(groups)}]`).hostname.slice(1, -1);
    expect(countedAddress(compressed)).toBe(countedAddress(text(groups)));
    const elsewhere = [...groups];
    elsewhere[3] = (elsewhere[3] ?? 0) ^ 1;
    expect(countedAddress(text(elsewhere))).not.toBe(countedAddress(text(groups)));
  });

  it.each([
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (ip, counted) => {
    expect(countedAddress(ip)).toBe(counted);
  });
});
