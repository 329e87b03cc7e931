import { describe, expect, it, vi } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { runMain } from '../../src/runtime/main.ts';

/** What a process says and how it ends when its main function throws. */
async function endOf(thrown: unknown): Promise<{ code: unknown; said: string }> {
  let said = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  const exit = vi.spyOn(process, 'exit');
  try {
    const code = await new Promise<unknown>((resolve) => {
      exit.mockImplementation(((status: unknown) => resolve(status)) as typeof process.exit);
      runMain(async () => {
        throw thrown;
      });
    });
    return { code, said };
  } finally {
    write.mockRestore();
    exit.mockRestore();
  }
}

describe('a process whose main function throws', () => {
  it('says an error of ours in one sentence, without stack or cause, and ends with 1', async () => {
    const cause = new Error('hunter2');
    expect(await endOf(new AppError('GraphUnavailable', 'Start Neo4j.', { cause }))).toEqual({
      code: 1,
      said: 'Start Neo4j.\n',
    });
  });

  it('says which port is taken and which settings move it', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 8000 });
    const { code, said } = await endOf(taken);
    expect(code).toBe(1);
    expect(said).toMatch(/^Port 8000 is in use: .*PORT.*\n$/);
  });

  it('shows the stack of what nobody expected', async () => {
    const { code, said } = await endOf(new TypeError('x is not a function'));
    expect(code).toBe(1);
    expect(said).toMatch(/TypeError: x is not a function\n\s+at /);
  });

  it('ends with 1 even where what was thrown is no error', async () => {
    expect(await endOf('a text')).toEqual({ code: 1, said: 'a text\n' });
  });
});
