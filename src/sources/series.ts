/** Series of one metric, as a dialect names them; matchers are PromQL, such as `failed="true"`. */
export interface Series {
  /** The name of the metric. */
  readonly metric: string;
  readonly matchers: readonly string[];
}

export function series(metric: string, ...matchers: readonly string[]): Series {
  return { metric, matchers };
}

/** The selector of the series that `matchers` hold for as well. */
export function selectorOf({ metric, matchers: own }: Series, matchers: readonly string[]): string {
  const isPlain = plainMetric.test(metric);
  const all = [...(isPlain ? [] : [quoted(metric)]), ...own, ...matchers];
  return `${isPlain ? metric : ''}${all.length > 0 ? `{${all.join(',')}}` : ''}`;
}

const plainMetric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A label's name as PromQL reads it: between quotes only where it must be, which older servers refuse. */
export function labelNameText(name: string): string {
  return plainLabel.test(name) ? name : quoted(name);
}

/** Names of labels between brackets, as after `on`. */
export function labelList(names: readonly string[]): string {
  return `(${names.map(labelNameText).join(', ')})`;
}

/** What an aggregation keeps apart. */
export function byLabels(names: readonly string[]): string {
  return `by ${labelList(names)}`;
}

/** What an aggregation makes one. */
export function withoutLabels(names: readonly string[]): string {
  return `without ${labelList(names)}`;
}

/** A value between double quotes, as PromQL reads it back. */
export function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** A matcher for one of some values of a label; the empty value is that of a missing label. */
export function anyOf(label: string, values: readonly string[]): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined && only.length <= longestWhole) {
    return `${labelNameText(label)}=${quoted(only)}`;
  }
  return `${labelNameText(label)}=~${quoted(values.map(patternOf).join('|'))}`;
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

/** A text as the regular expression (RE2) that matches it and nothing else. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
