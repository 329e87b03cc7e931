/** Series of one metric, as a dialect names them; matchers are PromQL, such as `failed="true"`. */
export interface Series {
  /** A metric's name, or `null` where the matchers select it by `__name__`. */
  readonly metric: string | null;
  readonly matchers: readonly string[];
}

export function series(metric: string | null, ...matchers: readonly string[]): Series {
  return { metric, matchers };
}

/** The selector of the series that `matchers` hold for as well. */
export function selectorOf({ metric, matchers: own }: Series, matchers: readonly string[]): string {
  const all = [...own, ...matchers];
  return `${metric ?? ''}${all.length > 0 ? `{${all.join(',')}}` : ''}`;
}

/** A value between double quotes, as PromQL reads it back. */
export function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A matcher for one of some values of a label; the empty value is that of a missing label. */
export function anyOf(label: string, values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined && only.length <= longestWhole) {
    return `${label}=${quoted(only)}`;
  }
  return `${label}=~${quoted(values.map(patternOf).join('|'))}`;
}

/** Longer values are known by their beginning: of an endless one no more was read. */
const longestWhole = 512;

/** A text as the regular expression (RE2) that matches it and, unless it is endless, nothing else. */
function patternOf(text: string): string {
  if (text.length <= longestWhole) return escapeRegex(text);
  // Not in the middle of a character.
  const beginning = text.slice(0, longestWhole).replace(/[\ud800-\udbff]$/, '');
  return `${escapeRegex(beginning)}.*`;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** The grouping of an aggregation by some labels. */
export function byLabels(names: readonly string[]): string {
  return `by (${names.join(', ')})`;
}

/** The grouping of an aggregation by all but some labels. */
export function withoutLabels(names: readonly string[]): string {
  return `without (${names.join(', ')})`;
}
