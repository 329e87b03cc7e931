import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';

/** Every option of every command that is a time, with the words that call the command. */
function timesOf(command: Command, before: string[] = []): [string, (text: string) => unknown][] {
  return command.commands.flatMap((one) => {
    const words = [...before, one.name()];
    const own = one.options
      .filter(({ flags }) => flags.includes('<time>'))
      .map(({ long, parseArg }): [string, (text: string) => unknown] => [
        [...words, long].join(' '),
        (text) => parseArg?.(text, undefined),
      ]);
    return [...own, ...timesOf(one, words)];
  });
}

const times = timesOf(createProgram());

describe('a time on the command line', () => {
  it('is an option of these', () => {
    expect(times.map(([name]) => name).sort()).toEqual([
      'backfill --from',
      'ingest --from',
      'ingest --to',
      'mark-stale --now',
    ]);
  });

  it.each(times)('is written as in the API: %s', (_, parse) => {
    expect(parse('24h')).toEqual({ agoMillis: 86_400_000 });
    expect(parse('now')).toEqual({ agoMillis: 0 });
    expect(parse('1970-01-01T00:00:01Z')).toEqual({ atMillis: 1000 });
    expect(() => parse('yesterday')).toThrow('a duration ago such as 24h');
  });
});
