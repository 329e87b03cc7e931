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

/** Half of a pair is not among them: a text that is cut in the middle of one is told as it is. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Lines of which a terminal obeys nothing but their ends: what it would is written as its escape, such
 * as `\u001b`. In JSON that means the same as the character, so a program reads what there was.
 */
export function withoutControls(lines: string): string {
  return lines.replaceAll(obeyed, (found) => {
    if (found === '\n') return found;
    const units = Array.from({ length: found.length }, (_, at) => found.charCodeAt(at));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
