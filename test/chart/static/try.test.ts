import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { chart, root } from '../../../dev/chart/generate.ts';
import { helm, type Manifest, manifestsOf } from '../support/helm.ts';

/** What only Helm reads is left out: here kubectl applies it. */
function withoutHelm({ metadata, ...manifest }: Manifest): unknown {
  const drop = (from: Record<string, string>, of: RegExp) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => !of.test(name)));
  const annotations = drop(metadata.annotations, /^helm\.sh\//);
  const labels = drop(metadata.labels, /^helm\.sh\/|managed-by$/);
  const { annotations: _, ...rest } = metadata;
  const kept = Object.keys(annotations).length > 0 ? { annotations } : {};
  return { ...manifest, metadata: { ...rest, labels, ...kept } };
}

it('k8s/try/topolog.yaml is what the chart makes of its values', async () => {
  const { code, out, err } = await helm(
    ...['template', 'topolog', chart, '--namespace', 'topolog-try', '--skip-tests'],
    ...['--kube-version', '1.33.4', '--values', join(root, 'k8s', 'try', 'values.yaml')],
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const documents = manifestsOf(out).map((manifest) =>
    stringify(withoutHelm(manifest), { lineWidth: 0 }),
  );
  const head = '# Made of the chart and values.yaml: `npm run test:helm -- -u` writes it anew.\n';
  await expect(`${head}${documents.join('---\n')}`).toMatchFileSnapshot(
    join(root, 'k8s', 'try', 'topolog.yaml'),
  );
});
