import { describe, expect, it } from 'vitest';
import { isLoopback, refuseExposure } from '../../src/api/exposure.ts';

describe('listening beyond loopback', () => {
  it.each(['127.0.0.1', '127.9.8.7', '::1', '0:0:0:0:0:0:0:1', 'localhost', 'LOCALHOST'])(
    '%s is loopback',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(() => refuseExposure(host, false)).not.toThrow();
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost.example', '127.0.0.1.example', ''])(
    '%j is refused in one sentence, unless it is allowed',
    (host) => {
      expect(isLoopback(host)).toBe(false);
      expect(() => refuseExposure(host, false)).toThrow(/ALLOW_UNAUTHENTICATED=true/);
      expect(() => refuseExposure(host, true)).not.toThrow();
    },
  );
});
