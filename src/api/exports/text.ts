/** What no text format takes: control characters but tab and line ends, halves of pairs, and the two that are none. */
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text in which every character that a format does not take is replaced by U+FFFD. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, '\ufffd');
}
