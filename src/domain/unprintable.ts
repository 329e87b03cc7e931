/** Controls, characters that turn the direction of writing or are not seen, and halves of pairs. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
