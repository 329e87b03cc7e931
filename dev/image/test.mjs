// `npm run test:image`: does what the Dockerfile says in a Debian root, then runs the images there as
// user 1000 on a read-only file system, on a real Temporal, Neo4j and Prometheus. For root, on Linux.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../stack/build.mjs';
import { cacheRoot } from '../stack/cache.mjs';
import { StackError } from '../stack/errors.mjs';
import { stopLeftovers } from '../stack/process.mjs';
import { createTerminal } from '../stack/progress.mjs';
import { baseRoot } from './base-root.mjs';
import { checkContents } from './contents.mjs';
import { parseDockerfile } from './dockerfile.mjs';
import { run } from './run.mjs';
import { sizeTable } from './sizes.mjs';
import { createBuilder, mountReadOnly } from './stages.mjs';
import { tryStack } from './try-stack.mjs';

const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const INSIDE = 'TOPOLOG_TEST_IMAGE_INSIDE';
/** @param {string} line */
const say = (line) => console.log(line);

if (process.env[INSIDE]) await inside();
else outside();

/** Starts this again where its mounts are its own and end with it. */
function outside() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.error('npm run test:image makes roots and mounts: run it as root, on Linux.');
    process.exit(1);
  }
  const again = ['--mount', process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [INSIDE]: '1' };
  const { status } = spawnSync('unshare', again, { stdio: 'inherit', env });
  process.exit(status ?? 1);
}

async function inside() {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-image-'));
  try {
    await test(folder);
  } catch (error) {
    console.error(error instanceof StackError ? error.message : error);
    process.exitCode = 1;
  } finally {
    await stopLeftovers();
    // The machine's own /dev is mounted below: nothing is deleted unless all is unmounted, and then
    // on this file system only.
    const { status } = spawnSync('umount', ['--recursive', '--lazy', folder]);
    if (status === 0) spawnSync('rm', ['-rf', '--one-file-system', folder]);
    else console.error(`${folder} could not be unmounted and is left.`);
  }
  process.exit();
}

/** @param {string} folder */
async function test(folder) {
  // Mounted on itself, so that it and all mounts below can be taken away at once.
  run('mount', ['--bind', folder, folder]);
  const linters = await ensureBuilt('lint', createTerminal());
  const { stages } = parseDockerfile(linters, join(project, 'Dockerfile'));
  const image = stages[0]?.base ?? '';
  const base = join(await baseRoot(image, say), 'root');
  const context = join(folder, 'context');
  const listed = run(join(linters, 'dockerfile'), ['--context', project]).trim().split('\n');
  for (const file of listed) cpSync(join(project, file), join(context, file));
  say(`${listed.length} files of the project are in the context.`);

  const cache = join(cacheRoot(), 'image-mounts');
  mkdirSync(cache, { recursive: true });
  const baseEnv = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  const builder = createBuilder({ folder, context, cache, root: base, baseEnv });
  const built = stages.map((stage) => {
    const started = performance.now();
    const done = builder.build(stage);
    say(`Built ${stage.name} in ${Math.round((performance.now() - started) / 1000)} s.`);
    return done;
  });
  for (const line of sizeTable(built)) say(line);

  const images = built.filter(({ cmd }) => cmd.length > 0);
  const roots = images.map((stage) => {
    const root = join(folder, stage.name, 'readonly');
    mountReadOnly(stage, root);
    checkContents(stage, root);
    return { stage, root };
  });
  await tryStack({ roots, folder, project, say });
  say('The images work.');
}
