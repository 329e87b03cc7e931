import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export interface EndedTopolog {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What becomes of standard output: read to its end, a pipe whose reader has left, or a file. */
export type Output = 'read' | 'left' | { readonly file: number };

/** Runs `topolog …` from its source, as a process of its own, with no settings but those given. */
export async function topolog(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  output: Output = 'read',
): Promise<EndedTopolog> {
  const child = spawn(process.execPath, ['--import', 'tsx', cli, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', typeof output === 'object' ? output.file : 'pipe', 'pipe'],
  });
  if (output === 'left') child.stdout?.destroy();
  const [stdout, stderr, [code]] = await Promise.all([
    output === 'read' && child.stdout !== null ? text(child.stdout) : '',
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: typeof code === 'number' ? code : null, stdout, stderr };
}
