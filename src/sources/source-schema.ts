import { z } from 'zod';
import {
  createRelabelling,
  problemOfRegex,
  relabelActions,
  relabelSources,
  relabelTargets,
} from '../domain/relabel.ts';
import { serverUrl, sourceId } from '../runtime/config.ts';
import { duration } from '../runtime/duration.ts';
import { patternOfBaseUrl } from '../runtime/patterns.ts';
import { accessFields, accessOf } from './access-schema.ts';
import { dialectNames, istioReporters } from './dialect-names.ts';
import { latencyUnits } from './latency-unit.ts';
import { isPrefixTooLong, isReadableName, parseMatchers } from './matchers.ts';
import { mappedLabelsOf } from './pair-labels.ts';
import { createSecretLookup, type SecretPlaces } from './secret-refs.ts';
import type { Source } from './source.ts';

/** A rule between several fields is checked even where one of them is wrong, so that all is said at once. */
const evenIfWrong = {
  when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null,
};

/** What a schema of JSON can say of a name that is readable. */
const shapeOfName = { pattern: '^[^\\x00-\\x1f\\x7f-\\x9f]+$', maxLength: 512 };

const labelName = z
  .string()
  .refine(isReadableName, 'must be a name of a label')
  .refine((name) => !['__name__', 'le'].includes(name), 'is not a label that may be used here')
  .meta({ ...shapeOfName, not: { enum: ['__name__', 'le'] } });

const labelNames = z.preprocess(
  (given) => (typeof given === 'string' ? [given] : given),
  z.array(labelName).min(1),
);

const sideLabels = z.strictObject({
  environment: labelNames.optional(),
  cluster: labelNames.optional(),
  namespace: labelNames.optional(),
  name: labelNames.optional(),
});

const labelMap = z.strictObject({ client: sideLabels.optional(), server: sideLabels.optional() });

const matcherList = z.string().transform((text, context) => {
  const matchers = parseMatchers(text);
  if (matchers !== null) return matchers;
  context.addIssue({
    code: 'custom',
    message: 'must be PromQL matchers of labels, such as cluster="eu", and nothing else',
  });
  return z.NEVER;
});

const relabelRule = z
  .strictObject({
    action: z.enum(relabelActions).optional(),
    sourceLabels: z.array(z.enum(relabelSources)).min(1).optional(),
    separator: z.string().max(64).optional(),
    regex: z.string().max(4096).superRefine(regexOfRe2).optional(),
    targetLabel: z.enum(relabelTargets).optional(),
    replacement: z.string().max(4096).optional(),
  })
  .refine((rule) => !writes(rule.action) || rule.targetLabel !== undefined, {
    path: ['targetLabel'],
    error: 'is needed by replace and lowercase',
    ...evenIfWrong,
  })
  .refine((rule) => writes(rule.action) || rule.targetLabel === undefined, {
    path: ['targetLabel'],
    error: 'means nothing to keep and drop',
    ...evenIfWrong,
  })
  .refine((rule) => (rule.action ?? 'replace') === 'replace' || rule.replacement === undefined, {
    path: ['replacement'],
    error: 'means something to replace only',
    ...evenIfWrong,
  })
  .refine((rule) => (rule.action ?? 'replace') === 'replace' || rule.sourceLabels !== undefined, {
    path: ['sourceLabels'],
    error: 'is needed by keep, drop and lowercase',
    ...evenIfWrong,
  })
  .refine((rule) => rule.action !== 'lowercase' || rule.regex === undefined, {
    path: ['regex'],
    error: 'means nothing to lowercase',
    ...evenIfWrong,
  });

function writes(action: string | undefined): boolean {
  return action !== 'keep' && action !== 'drop';
}

function regexOfRe2(text: string, context: z.RefinementCtx): void {
  const problem = problemOfRegex(text);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
}

function fieldsOf(places: SecretPlaces) {
  const part = z.string().max(512).default('');
  return {
    id: sourceId,
    url: serverUrl
      .refine(
        (text) => !/[?#]/.test(text),
        'must not have a query or fragment, because paths are put behind it: write parameters as params',
      )
      .meta({ pattern: patternOfBaseUrl }),
    dialect: z.enum(['auto', ...dialectNames]).default('auto'),
    interval: duration('1m', '1d').default(15 * 60_000),
    settle: duration('0s', '1d').default(90_000),
    reach: duration('1s', '1d').default(5 * 60_000),
    scrapeInterval: duration('1s', '1h').default(60_000),
    environment: part,
    cluster: part,
    metricPrefix: z
      .string()
      .refine(isReadableName, 'must be the beginning of a metric name')
      .refine((prefix) => !isPrefixTooLong(prefix), 'must have at most 512 bytes')
      .meta(shapeOfName)
      .optional(),
    istioReporter: z.enum(istioReporters).optional(),
    labels: labelMap.optional(),
    replicaLabels: z.array(labelName).min(1).optional(),
    latencyUnit: z.enum(latencyUnits).optional(),
    kindLabels: z.array(labelName).min(1).optional(),
    matchers: z.array(matcherList).min(1).optional(),
    sameCallsAs: z.array(sourceId).min(1).optional(),
    relabel: z.array(relabelRule).min(1).optional(),
    ...accessFields(createSecretLookup(places), places.env !== null),
  };
}

type Parsed = z.output<z.ZodObject<ReturnType<typeof fieldsOf>>>;

/** One source of the file; parsing it looks its secrets up. */
export function sourceSchema(places: SecretPlaces) {
  return z
    .strictObject(fieldsOf(places))
    .refine((one) => one.bearerToken === undefined || one.basicAuth === undefined, {
      path: ['basicAuth'],
      error: 'cannot be used together with bearerToken',
      ...evenIfWrong,
    })
    .refine((one) => one.tls === undefined || !String(one.url).startsWith('http:'), {
      path: ['tls'],
      error: 'needs a url that begins with https',
      ...evenIfWrong,
    })
    .refine((one) => one.metricPrefix === undefined || isOneOf(one, 'auto', 'otel-collector'), {
      path: ['metricPrefix'],
      error: 'means nothing but to the dialects otel-collector and auto',
      ...evenIfWrong,
    })
    .refine((one) => one.istioReporter === undefined || isOneOf(one, 'auto', 'istio'), {
      path: ['istioReporter'],
      error: 'means nothing but to the dialects istio and auto',
      ...evenIfWrong,
    })
    .refine((one) => !mappedLabels(one).some((label) => one.kindLabels?.includes(label)), {
      path: ['kindLabels'],
      error: 'holds a label that labels uses: what is added up cannot name a service',
    })
    .refine((one) => !mappedLabels(one).some((label) => one.replicaLabels?.includes(label)), {
      path: ['replicaLabels'],
      error: 'holds a label that labels uses: what differs between copies cannot name a service',
    })
    .transform(toSource);
}

function isOneOf({ dialect }: { dialect: string }, ...dialects: readonly string[]): boolean {
  return dialects.includes(dialect);
}

function mappedLabels({ labels }: Pick<Parsed, 'labels'>): string[] {
  return [...mappedLabelsOf(labels, 'client'), ...mappedLabelsOf(labels, 'server')];
}

function toSource(parsed: Parsed): Source {
  const { metricPrefix, istioReporter, latencyUnit, labels, replicaLabels, kindLabels } = parsed;
  const { matchers, relabel, sameCallsAs } = parsed;
  const access = accessOf(parsed);
  return {
    id: parsed.id,
    url: parsed.url,
    dialect: parsed.dialect,
    intervalMillis: parsed.interval,
    settleMillis: parsed.settle,
    reachMillis: parsed.reach,
    scrapeIntervalMillis: parsed.scrapeInterval,
    fixed: { environment: parsed.environment, cluster: parsed.cluster },
    ...(metricPrefix === undefined ? {} : { metricPrefix }),
    ...(istioReporter === undefined ? {} : { istioReporter }),
    ...(labels === undefined ? {} : { labels }),
    ...(replicaLabels === undefined ? {} : { replicaLabels }),
    ...(latencyUnit === undefined ? {} : { latencyUnit }),
    ...(kindLabels === undefined ? {} : { kindLabels }),
    ...(matchers === undefined ? {} : { matchers: matchers.flat() }),
    ...(sameCallsAs === undefined ? {} : { sameCallsAs }),
    ...(relabel === undefined ? {} : { relabelling: createRelabelling(relabel) }),
    ...(access === undefined ? {} : { access }),
  };
}
