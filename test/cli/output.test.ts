import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { topolog } from '../support/topolog.ts';

/** Takes nothing: every write to it says that there is no space left. */
const full = '/dev/full';

describe('a command whose output', { timeout: 60_000 }, () => {
  it('is read ends with 0', async () => {
    const { code, stdout, stderr } = await topolog(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('doctor');
  });

  it('nobody reads any more ends without a word, as SIGPIPE ends others', async () => {
    expect(await topolog(['--help'], {}, 'left')).toEqual({ code: 141, stdout: '', stderr: '' });
  });

  it.skipIf(!existsSync(full))('has no room says so in one sentence and ends with 1', async () => {
    const file = openSync(full, 'w');
    onTestFinished(() => closeSync(file));
    expect(await topolog(['--help'], {}, { file })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Standard output cannot be written \(ENOSPC: .*\)\.\n$/),
    });
  });
});
