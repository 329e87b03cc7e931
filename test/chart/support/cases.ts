import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../dev/chart/generate.ts';

/** Values under which the chart is tried. */
export interface Case {
  readonly name: string;
  readonly files: readonly string[];
  /** Groups of custom resources that it asks for. */
  readonly needs: readonly string[];
}

const ci = join(root, 'helm', 'topolog', 'ci');
const overrides = ['staging', 'production'];

function caseOf(name: string, file: string): Case {
  const [, needs] = /Needs: (.+)\.$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return { name, files: [file], needs: needs?.split(', ') ?? [] };
}

/** The defaults, the files of `ci/`, and the overrides of `k8s/`. */
export const cases: readonly Case[] = [
  { name: 'defaults', files: [], needs: [] },
  ...readdirSync(ci)
    .sort()
    .map((file) => caseOf(file.replace('-values.yaml', ''), join(ci, file))),
  ...overrides.map((name) => caseOf(name, join(root, 'k8s', name, 'values-override.yaml'))),
];
