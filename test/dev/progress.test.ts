import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTerminal, elapsed } from '../../dev/stack/progress.mjs';

function recorder(isTTY: boolean) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const written: string[] = [];
  const terminal = createTerminal({ isTTY, write: (text: string) => written.push(text) });
  return { written, terminal };
}

describe('progress', () => {
  it('is a line every 15 seconds into a file', async () => {
    const { written, terminal } = recorder(false);
    const progress = terminal.progress('Building');
    await vi.advanceTimersByTimeAsync(31_000);
    progress.done();
    expect(written).toEqual([
      'Building …\n',
      'Building … 15s\n',
      'Building … 30s\n',
      'Building … done in 31s\n',
    ]);
  });

  it('is one line on a terminal, which other lines do not tear', async () => {
    const { written, terminal } = recorder(true);
    const progress = terminal.progress('Building');
    await vi.advanceTimersByTimeAsync(1000);
    terminal.line('Waiting.');
    expect(written.at(-1)).toBe('\r\u001b[KWaiting.\nBuilding … 1s');
    progress.done();
    expect(written.join('').split('\n')).toHaveLength(3);
  });

  it('ends once', () => {
    const { written, terminal } = recorder(false);
    const progress = terminal.progress('Building');
    terminal.cancel();
    progress.done('failed');
    expect(written.at(-1)).toBe('Building … stopped in 0s\n');
  });

  it('tells minutes', () => {
    expect([0, 59_400, 72_000].map(elapsed)).toEqual(['0s', '59s', '1m12s']);
  });
});
