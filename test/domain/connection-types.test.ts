import { it } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { modeOfType } from '../../src/domain/connection-types.ts';
import { normalize } from '../../src/domain/normalize.ts';
import { fact } from './arbitraries.ts';

describe('the mode of a connection type', () => {
  it.each(['messaging_system', 'async', 'ASYNC_HTTP', 'kafka-queue', 'Queue', 'rpc.asynchronous'])(
    'is async where the client hands over a message: %s',
    (connectionType) => {
      expect(normalize([fact({ connectionType })]).observations).toMatchObject([
        { mode: 'async', connectionTypes: [connectionType] },
      ]);
    },
  );

  it.each(['', 'database', 'virtual_node', 'messaging', 'sync', 'que', 'carrier_pigeon'])(
    'is sync for any other: %j',
    (connectionType) => {
      expect(modeOfType(connectionType)).toBe('sync');
    },
  );

  const other = fc.string().filter((text) => !/async|queue/i.test(text));
  const anyCase = fc
    .tuple(fc.constantFrom('async', 'queue'), fc.array(fc.boolean(), { minLength: 5 }))
    .map(([word, upper]) =>
      [...word].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''),
    );

  it.prop([fc.string(), anyCase, fc.string()])(
    'is async wherever it says so, in any case',
    (before, word, after) => {
      expect(modeOfType(before + word + after)).toBe('async');
    },
  );

  it.prop([other])('is async for nothing else but a messaging system', (text) => {
    expect(modeOfType(text)).toBe(text === 'messaging_system' ? 'async' : 'sync');
  });

  it('keeps a pair that is called and queued for as two observations', () => {
    const facts = [fact({ connectionType: '' }), fact({ connectionType: 'sqs_queue' })];
    expect(normalize(facts).observations.map(({ mode }) => mode)).toEqual(['async', 'sync']);
  });
});
