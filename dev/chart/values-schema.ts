import { z } from 'zod';
import {
  patternOfHostAndPort,
  patternOfHttpUrl,
  patternOfNeo4jUri,
} from '../../src/runtime/patterns.ts';

/** Objects of Kubernetes that are passed on as they are; its API server checks them. */
const passedOn = z.looseObject({}).describe('as Kubernetes has it');
const strings = z.record(z.string(), z.string());
const labels = z.record(z.string(), z.string().max(63));
const count = z.int().min(0);
const port = z.int().min(1).max(65_535);
const memory = z.string().regex(/^[1-9]\d*(Mi|Gi)$/);
const cpu = z.union([z.string().regex(/^\d+m$|^\d+(\.\d+)?$/), z.number().min(0)]);
const objectName = z.string().regex(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/);
const metricName = z.string().regex(/^[a-zA-Z_][\w:.-]*$/);
const duration = z.string().regex(/^\d+[smh]$/);

const resources = z.strictObject({
  requests: z.strictObject({ cpu: cpu.optional(), memory }),
  limits: z.strictObject({ cpu: cpu.optional(), memory }),
});

const image = z.strictObject({
  tag: z.string().regex(/^([\w][\w.-]{0,127})?$/),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
});

const autoscaling = z.strictObject({
  enabled: z.boolean(),
  minReplicas: z.int().min(1),
  maxReplicas: z.int().min(1),
  targetCPUUtilizationPercentage: z.int().min(0).max(100),
  targetMemoryUtilizationPercentage: z.int().min(0).max(100),
  behavior: passedOn,
});

const podDisruptionBudget = z.strictObject({
  enabled: z.boolean(),
  maxUnavailable: z.union([z.int().min(1), z.string().regex(/^[1-9]\d?%$/)]),
});

/** What the API's and the workers' Pods have in common. */
const workload = {
  replicas: count,
  image,
  resources,
  podDisruptionBudget,
  terminationGracePeriodSeconds: count,
  podAnnotations: strings,
  podLabels: labels,
  nodeSelector: strings,
  tolerations: z.array(passedOn),
  affinity: z.strictObject({
    nodeAffinity: passedOn.optional(),
    podAffinity: passedOn.optional(),
    podAntiAffinity: passedOn.optional(),
  }),
  topologySpreadConstraints: z.array(passedOn),
  priorityClassName: objectName,
};

const peers = z.array(
  z.strictObject({
    namespaceSelector: passedOn.optional(),
    podSelector: passedOn.optional(),
    ipBlock: z
      .strictObject({ cidr: z.string(), except: z.array(z.string()).optional() })
      .optional(),
  }),
);
const reached = z.strictObject({ ports: z.array(port), to: peers });
const reachedIfAsked = reached.extend({ enabled: z.boolean() });

/** The values of the chart; `config` and `sources.items` are those of the program itself. */
export function valuesSchema(config: z.ZodType, source: z.ZodType) {
  return z.strictObject({
    global: passedOn.optional(),
    nameOverride: z.string().max(40),
    fullnameOverride: z.string().max(40),
    commonLabels: labels,
    commonAnnotations: strings,
    image: z.strictObject({
      repository: z.string().regex(/^[a-z0-9][a-z0-9._:/-]*$/),
      tag: z.string().regex(/^([\w][\w.-]{0,119})?$/),
      pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
      pullSecrets: z.array(z.strictObject({ name: objectName })),
    }),
    config,
    secrets: z.strictObject({
      existingSecret: objectName,
      externalSecret: z.strictObject({
        enabled: z.boolean(),
        refreshInterval: duration,
        storeRef: z.strictObject({
          name: objectName,
          kind: z.enum(['SecretStore', 'ClusterSecretStore']),
        }),
        data: z.array(
          z.strictObject({
            variable: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
            key: z.string().min(1),
            property: z.string().optional(),
          }),
        ),
      }),
    }),
    sources: z.strictObject({
      items: z.array(source),
      existingConfigMap: objectName,
      existingSecret: objectName,
      key: z.string().regex(/^[-._a-zA-Z0-9]+$/),
      secretEnv: objectName,
      secretFiles: objectName,
    }),
    temporal: z.strictObject({
      // The network policy takes its port from here, so it is not left out.
      address: z.string().regex(new RegExp(patternOfHostAndPort)).regex(/:\d+$/),
      namespace: z.string().min(1),
      taskQueue: z.string().min(1),
      tls: z.strictObject({
        enabled: z.boolean(),
        serverName: z.string(),
        existingSecret: objectName,
        caKey: z.string(),
        certKey: z.string(),
        keyKey: z.string(),
      }),
    }),
    neo4j: z.strictObject({
      uri: z.string().regex(new RegExp(patternOfNeo4jUri)),
      user: z.string().min(1),
      database: z.string().min(1),
    }),
    serviceAccount: z.strictObject({
      create: z.boolean(),
      name: objectName,
      annotations: strings,
    }),
    extraEnv: z.array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
        value: z.string().optional(),
        valueFrom: passedOn.optional(),
      }),
    ),
    extraVolumes: z.array(passedOn),
    extraVolumeMounts: z.array(passedOn),
    api: z.strictObject({
      ...workload,
      autoscaling: autoscaling.extend({
        targetRequestsPerSecond: count,
        requestsMetric: metricName,
      }),
      service: z.strictObject({
        type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
        port,
        annotations: strings,
      }),
      preStopSeconds: count,
    }),
    worker: z.strictObject({
      ...workload,
      autoscaling: autoscaling.extend({ targetWindowsBehind: count, windowsMetric: metricName }),
      keda: z.strictObject({
        enabled: z.boolean(),
        minReplicas: z.int().min(1),
        maxReplicas: z.int().min(1),
        targetQueueSize: z.int().min(1),
        pollingInterval: z.int().min(1),
        cooldownPeriod: count,
        authenticationRef: objectName,
        prometheus: z.strictObject({
          serverAddress: z.string().regex(new RegExp(`^$|${patternOfHttpUrl}`)),
          windowsBehind: z.int().min(1),
        }),
      }),
    }),
    setup: z.strictObject({
      enabled: z.boolean(),
      bootstrap: z.strictObject({ enabled: z.boolean(), secretName: objectName }),
      backoffLimit: count,
      activeDeadlineSeconds: z.int().min(1),
      podAnnotations: strings,
      resources,
    }),
    ingress: z.strictObject({
      enabled: z.boolean(),
      className: z.string(),
      host: z.string().regex(/^((\*\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/),
      tls: z.strictObject({
        enabled: z.boolean(),
        secretName: objectName,
        clusterIssuer: objectName,
      }),
      rateLimit: z.strictObject({
        requestsPerMinute: count,
        burstMultiplier: z.int().min(1),
        allowlist: z.array(z.string()),
      }),
      maxBodySize: z.string().regex(/^\d+[km]$/),
      readTimeoutSeconds: z.int().min(1),
      annotations: strings,
    }),
    networkPolicy: z.strictObject({
      enabled: z.boolean(),
      ingress: z.strictObject({ api: peers, metrics: peers }),
      egress: z.strictObject({
        dns: reached,
        temporal: reached,
        neo4j: reached,
        sources: reached,
        redis: reachedIfAsked,
        otlp: reachedIfAsked,
        kubernetesApi: reached,
        extra: z.array(passedOn),
      }),
    }),
    metrics: z.strictObject({
      serviceMonitor: z.strictObject({
        enabled: z.boolean(),
        interval: duration,
        scrapeTimeout: duration,
        apiKey: z.strictObject({ secretName: objectName, secretKey: z.string().min(1) }),
        labels,
      }),
      prometheusRule: z.strictObject({ enabled: z.boolean(), labels }),
      dashboards: z.strictObject({ enabled: z.boolean(), labels, annotations: strings }),
    }),
  });
}
