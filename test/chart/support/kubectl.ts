import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import { ensureBuilt } from '../../../dev/stack/build.mjs';
import { linesOnly } from '../../../dev/stack/progress.mjs';
import type { Said } from './helm.ts';

/** Runs kubectl against the cluster; it keeps nothing of it. */
export async function kubectl(...args: readonly string[]): Promise<Said> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const command = join(await ensureBuilt('kubernetes', linesOnly(log)), 'kubectl');
  const home = mkdtempSync(join(tmpdir(), 'topolog-kubectl-'));
  try {
    const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: inject('kubeconfig') };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
