/**
 * What some checks of settings take, as regular expressions for those who can run no code of ours, such as
 * Helm. None takes what its check refuses; where a pattern cannot say all, it takes a little less. They
 * use what Go's expressions have too, so no look-around.
 */

/** The whole numbers from `min` to `max` as they are written, without zeros in front. */
export function digitsBetween(min: number, max: number): string {
  return `(${partsBetween(min, max).join('|')})`;
}

/** The range in parts in which one digit has a range of its own, and all behind it are any. */
function partsBetween(min: number, max: number): string[] {
  if (min > max) return [];
  let step = 1;
  while (min > 0 && min % (step * 10) === 0 && min + step * 10 - 1 <= max) step *= 10;
  const first = Math.floor(min / step) % 10;
  const last = Math.min(9, first + Math.floor((max - min + 1) / step) - 1);
  const before = Math.floor(min / (step * 10)) || '';
  const digit = first === last ? first : `[${first}-${last}]`;
  const part = `${before}${digit}${'\\d'.repeat(String(step).length - 1)}`;
  return [part, ...partsBetween(min + (last - first + 1) * step, max)];
}

const label = '([A-Za-z0-9_-]*[A-Za-z0-9_])';
// A last part that looks like a number makes the whole an IPv4 address, or nothing.
const lastLabel = '([A-Za-z_]|\\d+[A-WYZa-wyz_])([A-Za-z0-9_-]*[A-Za-z0-9_])?';
const name = `(${label}\\.)*${lastLabel}`;
const octet = digitsBetween(0, 255);
const ipv4 = `(${octet}\\.){3}${octet}`;
const group = '[0-9a-fA-F]{1,4}';
const ipv6 = [
  `(${group}:){7}${group}`,
  `(${group}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(${group}:){1,${7 - after}}(:${group}){1,${after}}`),
  `:(:${group}){1,7}`,
  '::',
].join('|');
const host = `(${name}|${ipv4}|\\[(${ipv6})\\])`;
const port = digitsBetween(1, 65_535);

// Who checks by pattern may print what does not match, so a password is for others to refuse.
const user = '([^\\s/?#@]*@)?';
export const patternOfHttpUrl = `^https?://${user}${host}(:${port})?([/?#]\\S*)?$`;
/** Of a URL that paths are put behind. */
export const patternOfBaseUrl = `^https?://${user}${host}(:${port})?(/[^?#\\s]*)?$`;
export const patternOfRedisUrl = `^rediss?://${user}${host}(:${port})?(/\\d*)?$`;
export const patternOfHostAndPort = `^${host}(:${port})?$`;
export const patternOfNeo4jUri = `^(bolt|neo4j)(\\+s|\\+ssc)?://${host}(:${port})?/?$`;

const listOf = (one: string): string => `^(${one})([ ,]+(${one}))*$`;
const bits = (most: number): string => `(/${digitsBetween(0, most)})?`;

export const patternOfNetworks = listOf(`${ipv4}${bits(32)}|(${ipv6})${bits(128)}`);
export const patternOfHosts = listOf(`${name}|${ipv4}${bits(32)}|(${ipv6})${bits(128)}`);

/** A browser leaves the scheme's own port out, and writes names in small letters. */
const origin = (scheme: string, ownPort: number): string => {
  const others = `(${digitsBetween(1, ownPort - 1)}|${digitsBetween(ownPort + 1, 65_535)})`;
  const small = name.replaceAll('A-WYZ', '').replaceAll('A-Z', '');
  return `${scheme}://(${small}|${ipv4})(:${others})?`;
};
export const patternOfOrigins = listOf(`${origin('http', 80)}|${origin('https', 443)}`);

const units = [
  { letter: 'd', millis: 86_400_000, most: Number.POSITIVE_INFINITY },
  { letter: 'h', millis: 3_600_000, most: 23 },
  { letter: 'm', millis: 60_000, most: 59 },
  { letter: 's', millis: 1000, most: 59 },
] as const;

/** Durations such as `90s` or `1h30m`; of more than one unit, all but the first do not reach the one before. */
export function durationsBetween(minMillis: number, maxMillis: number): string {
  const forms = units.flatMap(({ letter, millis }, index) => {
    const [least, most] = [Math.ceil(minMillis / millis), Math.floor(maxMillis / millis)];
    const rest = units
      .slice(index + 1)
      .map((unit) => `(${digitsBetween(0, unit.most)}${unit.letter})?`)
      .join('');
    const beforeRest = Math.max(1, least);
    return [
      ...(least <= most ? [`${digitsBetween(least, most)}${letter}`] : []),
      ...(rest !== '' && beforeRest < most
        ? [`${digitsBetween(beforeRest, most - 1)}${letter}${rest}`]
        : []),
    ];
  });
  return `(${forms.join('|')})`;
}
