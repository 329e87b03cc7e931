import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * @typedef {object} Instruction
 * @property {string} name in capitals
 * @property {string[]} flags such as `--from=build`
 * @property {string[]} args
 * @property {boolean} exec whether the arguments are a list and no line for the shell
 * @property {number} line
 */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} base an image, or the name of a stage before it
 * @property {Instruction[]} instructions
 */

/**
 * The stages of a Dockerfile, as BuildKit's own parser reads it.
 *
 * @param {string} linters the folder of the built linters
 * @param {string} file
 * @returns {{ stages: Stage[], defaults: Record<string, string> }} defaults: of the arguments before the first stage
 */
export function parseDockerfile(linters, file) {
  /** @type {Instruction[]} */
  const all = JSON.parse(run(join(linters, 'dockerfile'), ['--json', file]));
  /** @type {Stage[]} */
  const stages = [];
  /** @type {Record<string, string>} */
  const defaults = {};
  for (const instruction of all.map((one) => ({ ...one, name: one.name.toUpperCase() }))) {
    const stage = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [base = '', , name = String(stages.length)] = instruction.args;
      stages.push({ name, base: expand(base, defaults), instructions: [] });
    } else if (stage) {
      stage.instructions.push(instruction);
    } else if (instruction.name === 'ARG') {
      Object.assign(defaults, assigned(instruction));
    }
  }
  return { stages, defaults };
}

/**
 * Replaces `$NAME` and `${NAME}`.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} values
 */
export function expand(text, values) {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => values[braced ?? bare] ?? '');
}

/**
 * What ARG, ENV or LABEL sets. BuildKit gives ENV and LABEL as name, value and `=`, over and over.
 *
 * @param {Instruction} instruction
 * @returns {Record<string, string>}
 */
export function assigned({ name, args }) {
  if (name === 'ARG') {
    return Object.fromEntries(
      args.map((text) => [text.split('=')[0] ?? '', text.split('=').slice(1).join('=')]),
    );
  }
  /** @type {Record<string, string>} */
  const values = {};
  for (let i = 0; i + 1 < args.length; i += 3) {
    values[args[i] ?? ''] = (args[i + 1] ?? '').replace(/^"(.*)"$/, '$1');
  }
  return values;
}
