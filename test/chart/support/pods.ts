import { z } from 'zod';
import type { Manifest } from './helm.ts';

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  envFrom: z
    .array(
      z.union([
        z.strictObject({ configMapRef: z.object({ name: z.string() }) }),
        z.strictObject({ secretRef: z.object({ name: z.string() }) }),
      ]),
    )
    .default([]),
  resources: z.object({ limits: z.object({ memory: z.string() }) }),
  securityContext: z.looseObject({}),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});

const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number().optional(),
  securityContext: z.looseObject({}),
  initContainers: z.array(container).default([]),
  containers: z.array(container).min(1),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

export const podTemplate = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: podSpec,
});

export type PodTemplate = z.infer<typeof podTemplate>;

/** The Pod that an object makes or is, as it stands in the object. */
export function podOf(manifest: Manifest): PodTemplate | null {
  if (manifest.kind === 'Pod') return podTemplate.parse(manifest);
  if (!['Deployment', 'StatefulSet', 'Job'].includes(manifest.kind)) return null;
  return z.object({ spec: z.looseObject({ template: podTemplate }) }).parse(manifest).spec.template;
}

/** The only Pod of a component. */
export function podOfComponent(manifests: readonly Manifest[], component: string): PodTemplate {
  const found = manifests
    .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === component)
    .flatMap((manifest) => podOf(manifest) ?? []);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} Pods of ${component}`);
  return found[0];
}
