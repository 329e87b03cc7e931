import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { chart } from '../../../dev/chart/generate.ts';
import { ensureServer } from '../../../dev/stack/index.mjs';

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs Helm, which keeps nothing of it: its folders are thrown away. */
export async function helm(...args: readonly string[]): Promise<Said> {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const { command } = await ensureServer('helm', { log });
  const home = mkdtempSync(join(tmpdir(), 'topolog-helm-'));
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let err = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, out, err }));
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
export type Manifest = z.infer<typeof manifest>;

/** The objects of the chart under some values; whatever Helm says beside them fails. */
export async function render(
  files: readonly string[],
  { namespace = 'topolog', set = [] }: { namespace?: string; set?: readonly string[] } = {},
): Promise<Manifest[]> {
  const said = await template(files, { namespace, set });
  if (said.code !== 0 || said.err !== '') throw new Error(`Helm said: ${said.err}`);
  return manifestsOf(said.out);
}

export function template(
  files: readonly string[],
  { namespace = 'topolog', set = [] }: { namespace?: string; set?: readonly string[] } = {},
): Promise<Said> {
  return helm(
    ...['template', 'r', chart, '--namespace', namespace, '--kube-version', '1.33.4'],
    ...valueArgs(files, set),
  );
}

export function valueArgs(files: readonly string[], set: readonly string[] = []): string[] {
  return [
    ...files.flatMap((file) => ['--values', file]),
    ...set.flatMap((value) => ['--set-json', value]),
  ];
}

/** Documents of a stream of YAML in which nothing may be written twice. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw problem;
    const content: unknown = document.toJS();
    return content === null ? [] : [manifest.parse(content)];
  });
}

export const isHook = ({ metadata }: Manifest): boolean => 'helm.sh/hook' in metadata.annotations;
