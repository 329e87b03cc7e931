import { describe, expect, it } from 'vitest';
import { asksForKeys, isLoopback } from '../../src/api/exposure.ts';

describe('an API that listens', () => {
  it.each(['127.0.0.1', '127.9.8.7', '::1', '0:0:0:0:0:0:0:1', 'localhost', 'LOCALHOST'])(
    'at %s, which is loopback, asks for keys only where they are required',
    (HOST) => {
      expect(isLoopback(HOST)).toBe(true);
      expect(asksForKeys({ HOST, API_KEYS: 'auto' })).toBe(false);
      expect(asksForKeys({ HOST, API_KEYS: 'off' })).toBe(false);
      expect(asksForKeys({ HOST, API_KEYS: 'required' })).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example', '127.0.0.1.example', ''])(
    'at %j, which is not, asks for keys unless they are off in so many words',
    (HOST) => {
      expect(isLoopback(HOST)).toBe(false);
      expect(asksForKeys({ HOST, API_KEYS: 'auto' })).toBe(true);
      expect(asksForKeys({ HOST, API_KEYS: 'required' })).toBe(true);
      expect(asksForKeys({ HOST, API_KEYS: 'off' })).toBe(false);
    },
  );
});
