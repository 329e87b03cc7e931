/** A family of an exposition: its type, and the labels that its series have. */
export interface ExposedFamily {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
}

/** The families of a text in Prometheus' exposition format, by name. */
export function familiesOf(text: string): Map<string, ExposedFamily> {
  const families = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    families.set(name, { type, labels: new Set() });
  }
  for (const [, series = '', labels = ''] of text.matchAll(/^([a-z_]\w*)\{([^}]*)\} /gim)) {
    const family = families.get(series) ?? families.get(series.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) {
      if (label !== 'le') family?.labels.add(label);
    }
  }
  return families;
}

/** The names of metrics that a PromQL expression asks for, without those that rules record. */
export function metricsIn(expression: string): string[] {
  const names = expression
    .replaceAll(/"[^"]*"/g, '')
    .match(/\b(topolog|temporal|process|nodejs)_\w+/g);
  return [...new Set(names ?? [])];
}
