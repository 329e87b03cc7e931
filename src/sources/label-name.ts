const plain = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * A label's name as a path can hold it: names of the wider character set are written as Prometheus 3
 * reads them back, `a.b` as `U__a_2e_b`.
 */
export function labelNameInPath(name: string): string {
  if (plain.test(name) && !name.startsWith('U__')) return name;
  return `U__${[...name].map(escaped).join('')}`;
}

function escaped(character: string, index: number): string {
  if (character === '_') return '__';
  const isPlain = index === 0 ? /^[a-zA-Z]$/ : /^[a-zA-Z0-9]$/;
  if (isPlain.test(character)) return character;
  const point = character.codePointAt(0) ?? 0xfffd;
  return `_${(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point).toString(16)}_`;
}
