import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/runtime/secret.ts';

const password = 'hunter2';
const secret = new Secret(password);

function logged(...entry: [object, string]): string {
  let text = '';
  const lines = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  pino({}, lines).info(...entry);
  return text;
}

describe('a secret', () => {
  it('is given to who asks for it', () => {
    expect(secret.reveal()).toBe(password);
  });

  it.each<[string, () => string]>([
    ['a text', () => `${secret}`],
    ['a joined text', () => ['a', secret].join()],
    ['a message', () => new Error(`cannot log in with ${secret}`).message],
    ['JSON', () => JSON.stringify({ config: { secret } })],
    ['an inspection', () => inspect({ config: { secret } }, { depth: 9, showHidden: true })],
    ['an inspection without custom rules', () => inspect(secret, { customInspect: false })],
    ['a log line', () => logged({ secret, config: { secret } }, `with ${secret}`)],
    ['its own properties', () => JSON.stringify(Object.entries(secret))],
    ['a copy', () => inspect({ ...secret })],
    ['a deep copy', () => inspect(structuredClone(secret), { customInspect: false })],
  ])('does not show itself in %s', (_, shown) => {
    expect(shown()).not.toContain(password);
  });

  it.each<[string, () => string]>([
    ['a text', () => `${secret}`],
    ['JSON', () => JSON.stringify(secret)],
    ['an inspection', () => inspect(secret)],
    ['a log line', () => logged({ secret }, '')],
  ])('says in %s that there is one', (_, shown) => {
    expect(shown()).toContain('[secret]');
  });
});
