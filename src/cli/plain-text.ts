/** Most characters of one text; servers and labels may say more. */
const mostCharacters = 2000;

/** Controls, characters that turn the direction of writing or are not seen, and halves of pairs. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/**
 * A text of others as one line that a terminal prints and does not obey.
 *
 * What servers and labels say may hold what moves the cursor, or makes a line look like another.
 */
export function plainText(text: string): string {
  const plain = text.replaceAll(unprintable, (found) =>
    /^[\r\n\t]+$/.test(found) ? ' ' : '\ufffd',
  );
  return plain.length <= mostCharacters ? plain : `${plain.slice(0, mostCharacters)} …`;
}
