import { run } from './run.mjs';

/** @param {string} folder @returns {number} MB on the disk, as `du` counts */
export function megabytes(folder) {
  return Math.round(Number(run('du', ['-sk', '--', folder]).split('\t')[0]) / 1000);
}

/**
 * What each stage adds to the one below, and what its image comes to.
 *
 * @param {readonly import('./stages.mjs').Built[]} stages
 */
export function sizeTable(stages) {
  return stages.map(({ name, layers }) => {
    const sizes = layers.map(megabytes);
    const whole = sizes.reduce((a, b) => a + b, 0);
    return `  ${name.padEnd(8)} adds ${String(sizes[0]).padStart(4)} MB, image ${String(whole).padStart(4)} MB`;
  });
}
