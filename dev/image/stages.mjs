import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { StackError } from '../stack/errors.mjs';
import { assigned, expand } from './dockerfile.mjs';
import { run } from './run.mjs';

/** @typedef {import('./dockerfile.mjs').Stage} Stage */
/** @typedef {import('./dockerfile.mjs').Instruction} Instruction */

/**
 * @typedef {object} Built what a stage came to
 * @property {string} name
 * @property {string[]} layers folders, the uppermost first, the base root last
 * @property {Record<string, string>} env
 * @property {string} workdir
 * @property {string} user
 * @property {string[]} entrypoint
 * @property {string[]} cmd
 * @property {string[]} healthcheck
 */

/**
 * Does what the instructions of a Dockerfile say, each stage on an overlay file system of its own.
 * Mounts are made in this process's own mount namespace and end with it.
 *
 * @param {object} options
 * @param {string} options.folder for the layers
 * @param {string} options.context what .dockerignore left of the project
 * @param {string} options.cache kept between builds, for `RUN --mount=type=cache`
 * @param {string} options.root the root of the base image
 * @param {Record<string, string>} options.baseEnv
 */
export function createBuilder({ folder, context, cache, root, baseEnv }) {
  /** @type {Map<string, Built>} */
  const built = new Map();

  /** @param {Stage} stage */
  function build({ name, base, instructions }) {
    const below = built.get(base);
    const upper = join(folder, name, 'layer');
    const merged = join(folder, name, 'root');
    const work = join(folder, name, 'work');
    for (const directory of [upper, merged, work]) mkdirSync(directory, { recursive: true });
    const lower = below?.layers ?? [root];
    const options = `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work}`;
    run('mount', ['-t', 'overlay', 'overlay', '-o', options, merged]);
    /** @type {Built} */
    const stage = {
      name,
      layers: [upper, ...lower],
      env: { ...(below?.env ?? baseEnv) },
      workdir: below?.workdir ?? '/',
      user: below?.user ?? '0:0',
      entrypoint: [],
      cmd: [],
      healthcheck: [],
    };
    for (const instruction of instructions) apply(stage, merged, instruction);
    run('umount', ['--recursive', merged]);
    built.set(name, stage);
    return stage;
  }

  /**
   * @param {Built} stage
   * @param {string} merged
   * @param {Instruction} instruction
   */
  function apply(stage, merged, instruction) {
    const { name, args } = instruction;
    if (name === 'ENV' || name === 'ARG') Object.assign(stage.env, assigned(instruction));
    else if (name === 'WORKDIR') {
      stage.workdir = resolve(stage.workdir, args[0] ?? '/');
      mkdirSync(join(merged, stage.workdir), { recursive: true });
    } else if (name === 'USER') stage.user = args[0] ?? '0:0';
    else if (name === 'ENTRYPOINT') stage.entrypoint = args;
    else if (name === 'CMD') stage.cmd = args;
    else if (name === 'HEALTHCHECK') stage.healthcheck = args.slice(1);
    else if (name === 'COPY') copy(stage, merged, instruction);
    else if (name === 'RUN') runIn(stage, merged, instruction);
    else if (name !== 'LABEL' && name !== 'EXPOSE') {
      throw new StackError(`Dockerfile:${instruction.line}: ${name} is not known to this test.`);
    }
  }

  /**
   * @param {Built} stage
   * @param {string} merged
   * @param {Instruction} instruction
   */
  function copy(stage, merged, { flags, args, line }) {
    const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length);
    const other = flags.find((flag) => !flag.startsWith('--from='));
    if (other) throw new StackError(`Dockerfile:${line}: COPY ${other} is not known to this test.`);
    const layers = from === undefined ? [context] : built.get(from)?.layers;
    if (!layers) throw new StackError(`Dockerfile:${line}: there is no stage ${from}.`);
    const names = args.map((text) => expand(text, stage.env));
    const to = names.pop() ?? '';
    const target = join(merged, resolve(stage.workdir, to));
    for (const name of names) {
      const source = inLayers(layers, name);
      if (!source) throw new StackError(`Dockerfile:${line}: COPY: ${name} is not there.`);
      const intoFolder = names.length > 1 || to.endsWith('/') || to === '.';
      const place = statSync(source).isFile() && intoFolder ? join(target, basename(name)) : target;
      mkdirSync(dirname(place), { recursive: true });
      cpSync(source, place, { recursive: true, verbatimSymlinks: true });
      run('chown', ['--recursive', '--no-dereference', '0:0', place]);
    }
  }

  /**
   * @param {Built} stage
   * @param {string} merged
   * @param {Instruction} instruction
   */
  function runIn(stage, merged, { flags, args, exec, line }) {
    for (const flag of flags) {
      const target = /^--mount=type=cache,target=([^,]+)$/.exec(flag)?.[1];
      if (!target)
        throw new StackError(`Dockerfile:${line}: RUN ${flag} is not known to this test.`);
      const kept = join(cache, target.replaceAll('/', '_'));
      for (const place of [kept, join(merged, target)]) mkdirSync(place, { recursive: true });
      run('mount', ['--bind', kept, join(merged, target)]);
    }
    for (const place of ['proc', 'dev', 'sys']) {
      run('mount', ['--rbind', `/${place}`, join(merged, place)]);
    }
    // The way into the network is the machine's: its resolver, and whom it trusts.
    const certificates = join(merged, 'run', 'certificates.crt');
    for (const [own, place] of [
      ['/etc/resolv.conf', join(merged, 'etc/resolv.conf')],
      [process.env.NODE_EXTRA_CA_CERTS || '/etc/ssl/certs/ca-certificates.crt', certificates],
    ]) {
      if (!own || !place || !existsSync(own)) continue;
      if (!existsSync(place)) writeFileSync(place, '');
      run('mount', ['--bind', own, place]);
    }
    const command = exec ? args : ['/bin/sh', '-c', args.join(' ')];
    run('chroot', [...asUser(stage.user), merged, ...within(stage), ...command], {
      what: `Dockerfile:${line}: RUN ${args.join(' ').slice(0, 80)}`,
      env: { HOME: '/root', NODE_EXTRA_CA_CERTS: '/run/certificates.crt', ...stage.env },
    });
    for (const mounted of mountsBelow(merged)) run('umount', ['--lazy', mounted]);
    rmSync(certificates, { force: true });
  }

  return { build };
}

/**
 * The layers seen as one, for reading only.
 *
 * @param {Built} stage
 * @param {string} place where it is mounted
 */
export function mountReadOnly(stage, place) {
  mkdirSync(place, { recursive: true });
  run('mount', ['-t', 'overlay', 'overlay', '-o', `lowerdir=${stage.layers.join(':')}`, place]);
  for (const name of ['proc', 'dev']) {
    run('mount', ['--rbind', `/${name}`, join(place, name)]);
  }
  run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=1777', 'tmpfs', join(place, 'tmp')]);
}

/** @param {string} user such as `1000:1000` */
export function asUser(user) {
  return user === '0:0' ? [] : [`--userspec=${user}`, '--groups='];
}

/** What comes before a command so that it runs in the stage's folder. @param {Built} stage */
export function within({ workdir }) {
  return ['/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', workdir];
}

/**
 * @param {readonly string[]} layers
 * @param {string} name
 */
function inLayers(layers, name) {
  const path = layers.map((layer) => join(layer, name)).find((candidate) => existsSync(candidate));
  // A folder that several layers have would have to be merged; the Dockerfile copies none like it.
  return path && readdirSync(dirname(path)).includes(basename(path)) ? path : undefined;
}

/** The mounts in a root, the deepest first. @param {string} root */
function mountsBelow(root) {
  const listed = run('findmnt', ['--noheadings', '--raw', '--output', 'TARGET']);
  const below = listed.split('\n').filter((target) => target.startsWith(`${root}/`));
  return below.sort((a, b) => b.length - a.length);
}
