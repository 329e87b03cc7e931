import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dependencies } from '../../dev/demo/shop.mjs';

describe('the picture in the README', () => {
  it('is the demo shop', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, picture = ''] = /```mermaid\n([\s\S]*?)```/.exec(readme) ?? [];
    const names = (side: string) =>
      side.split(' & ').map((name) => /[\w.-]+/.exec(name)?.[0] ?? '');
    const drawn = picture.split('\n').flatMap((line) => {
      const [left, right] = line.trim().split(/ (?:-->|-\. message \.->) /);
      if (left === undefined || right === undefined) return [];
      return names(left).flatMap((client) => names(right).map((server) => `${client}>${server}`));
    });
    expect(drawn.sort()).toEqual(
      dependencies.map(({ client, server }) => `${client}>${server}`).sort(),
    );
  });
});
