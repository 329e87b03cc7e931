// Reads the workflows with actionlint, and refuses what it does not look at: an action without a
// version, a job without a time limit, a workflow that keeps the token's default rights.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ensureBuilt } from '../stack/build.mjs';
import { createTerminal } from '../stack/progress.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.github', 'workflows');

/** @typedef {{ uses?: string }} Step */
/** @typedef {{ 'timeout-minutes'?: number, uses?: string, steps?: Step[] }} Job */

/** @param {string} file @returns {string[]} what is wrong */
function wrongIn(file) {
  const workflow = parse(readFileSync(join(folder, file), 'utf8'));
  const wrong = workflow.permissions ? [] : ['it has no permissions of its own'];
  for (const [name, job] of Object.entries(/** @type {Record<string, Job>} */ (workflow.jobs))) {
    if (!job.uses && !job['timeout-minutes']) wrong.push(`job ${name} has no timeout-minutes`);
    for (const { uses } of job.steps ?? []) {
      if (uses && !/^\.\/|@(v?\d+\.\d+\.\d+|v\d+|[0-9a-f]{40})$/.test(uses)) {
        wrong.push(`job ${name} uses ${uses} without a version`);
      }
    }
  }
  return wrong.map((what) => `.github/workflows/${file}: ${what}`);
}

const actionlint = join(await ensureBuilt('actionlint', createTerminal()), 'actionlint');
const { status } = spawnSync(actionlint, ['-color'], { cwd: root, stdio: 'inherit' });
const files = readdirSync(folder);
const wrong = files.flatMap(wrongIn);
for (const line of wrong) console.error(line);
process.exitCode = status === 0 && wrong.length === 0 ? 0 : 1;
if (process.exitCode === 0) console.log(`${files.length} workflows: nothing to complain about.`);
