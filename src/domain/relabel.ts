import { RE2JS } from 're2js';
import type { Endpoint } from './observation.ts';

/** What a rule may write: the parts of a service's identity. */
export const relabelTargets = ['environment', 'cluster', 'namespace', 'name'] as const;
export type RelabelTarget = (typeof relabelTargets)[number];

/** What a rule may read: the same, and which side of its pair the service is on. */
export const relabelSources = [...relabelTargets, 'side'] as const;
export type RelabelSource = (typeof relabelSources)[number];

export const relabelActions = ['replace', 'keep', 'drop', 'lowercase'] as const;
export type RelabelAction = (typeof relabelActions)[number];

/** A rule in Prometheus' words; what is left out has Prometheus' default. */
export interface RelabelRule {
  readonly action?: RelabelAction | undefined;
  readonly sourceLabels?: readonly RelabelSource[] | undefined;
  readonly separator?: string | undefined;
  /** RE2, anchored at both ends. */
  readonly regex?: string | undefined;
  /** Needed by `replace` and `lowercase`. */
  readonly targetLabel?: RelabelTarget | undefined;
  /** With `$1`, `${1}` or `${name}` for what the regex caught. */
  readonly replacement?: string | undefined;
}

export type Side = 'client' | 'server';

/** What rules make of one side of a pair: another identity, or the index of the rule that drops it. */
export type Relabelled = { readonly endpoint: Endpoint } | { readonly droppedBy: number };

/** Relabelling rules, ready to be applied. */
export interface Relabelling {
  readonly rules: readonly RelabelRule[];
  apply(side: Side, endpoint: Endpoint): Relabelled;
}

/** Results kept, so that a service that is in many pairs is relabelled once; then all are forgotten. */
const maxKept = 100_000;

/**
 * Compiles rules as Prometheus' `relabel_configs` has them; they act one after the other.
 *
 * Regexes run in time linear in the text (RE2), so that no name from outside can stop a worker.
 *
 * @throws Error where a regex is not RE2; `problemOfRegex` says so beforehand.
 */
export function createRelabelling(rules: readonly RelabelRule[]): Relabelling {
  const steps = rules.map(compile);
  const kept = new Map<string, Relabelled>();

  function relabel(side: Side, endpoint: Endpoint): Relabelled {
    let current: Endpoint = endpoint;
    for (const [index, step] of steps.entries()) {
      const next = step(side, current);
      if (next === null) return { droppedBy: index };
      current = next;
    }
    return { endpoint: current };
  }

  return {
    rules,
    apply(side, endpoint) {
      const { environment, cluster, namespace, name } = endpoint;
      const key = JSON.stringify([side, environment, cluster, namespace, name]);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const result = relabel(side, endpoint);
      if (kept.size >= maxKept) kept.clear();
      kept.set(key, result);
      return result;
    },
  };
}

/** Why a text is no regex of a rule, in RE2's words; `null` where it is one. */
export function problemOfRegex(text: string): string | null {
  try {
    // By itself too: `a)|(b` is a regex only between the anchors.
    RE2JS.compile(text);
    anchored(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Step = (side: Side, endpoint: Endpoint) => Endpoint | null;

function compile(rule: RelabelRule): Step {
  const { action = 'replace', sourceLabels = [], separator = ';' } = rule;
  const { regex = '(.*)', targetLabel, replacement = '$1' } = rule;
  const pattern = anchored(regex);
  const textOf = (side: Side, endpoint: Endpoint) =>
    sourceLabels.map((label) => (label === 'side' ? side : endpoint[label])).join(separator);
  switch (action) {
    case 'keep':
      return (side, endpoint) => (pattern.matches(textOf(side, endpoint)) ? endpoint : null);
    case 'drop':
      return (side, endpoint) => (pattern.matches(textOf(side, endpoint)) ? null : endpoint);
    case 'lowercase':
      return (side, endpoint) => written(endpoint, targetLabel, lowerCase(textOf(side, endpoint)));
    case 'replace':
      return (side, endpoint) => {
        const groups = match(pattern, textOf(side, endpoint));
        return groups === null
          ? endpoint
          : written(endpoint, targetLabel, fill(replacement, groups));
      };
  }
}

function written(endpoint: Endpoint, target: RelabelTarget | undefined, value: string): Endpoint {
  return target === undefined || endpoint[target] === value
    ? endpoint
    : { ...endpoint, [target]: value };
}

/** As Prometheus anchors it: to the whole text, in which a dot is any character. */
function anchored(text: string): RE2JS {
  return RE2JS.compile(`^(?s:${text})$`);
}

/** What the groups of a regex caught, by number and by name; a group that caught nothing is empty. */
type Groups = Readonly<Record<string, string>>;

function match(pattern: RE2JS, text: string): Groups | null {
  const matcher = pattern.matcher(text);
  if (!matcher.matches()) return null;
  const groups: Record<string, string> = Object.create(null);
  for (let index = 0; index <= pattern.groupCount(); index += 1) {
    groups[index] = matcher.group(index) ?? '';
  }
  for (const [name, index] of Object.entries(pattern.namedGroups())) {
    groups[name] = groups[index] ?? '';
  }
  return groups;
}

const placeholder = /\$(?:(\$)|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

/** As Go expands a template: `$1x` is the group called `1x`, `$$` a dollar, an unknown group empty. */
function fill(template: string, groups: Groups): string {
  return template.replace(placeholder, (_, dollar?: string, bare?: string, braced?: string) =>
    dollar === undefined ? (groups[bare ?? braced ?? ''] ?? '') : '$',
  );
}

/** As Go does it, character by character; JavaScript looks round a letter and may make two of one. */
function lowerCase(text: string): string {
  return Array.from(text, (character) => Array.from(character.toLowerCase())[0] ?? '').join('');
}
