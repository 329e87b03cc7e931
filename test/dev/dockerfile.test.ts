import { describe, expect, it } from 'vitest';
import { assigned, expand } from '../../dev/image/dockerfile.mjs';

const instruction = (name: string, args: string[]) => ({
  ...{ name, args, flags: [], exec: false, line: 1 },
});

describe('reading a Dockerfile', () => {
  it('replaces variables in both spellings, unknown ones by nothing', () => {
    const values = { NODE_IMAGE: 'node:24-slim', A: 'a' };
    expect(expand(`\${NODE_IMAGE}`, values)).toBe('node:24-slim');
    expect(expand('/$A/$B/x', values)).toBe('/a//x');
  });

  it('takes the default of an argument, whatever is in it', () => {
    expect(assigned(instruction('ARG', ['URL=http://a/?b=c', 'BARE']))).toEqual({
      URL: 'http://a/?b=c',
      BARE: '',
    });
  });

  it('takes names and values of an environment, without their quotes', () => {
    const args = ['HOST', '0.0.0.0', '=', 'TITLE', '"a b"', '='];
    expect(assigned(instruction('ENV', args))).toEqual({ HOST: '0.0.0.0', TITLE: 'a b' });
  });
});
