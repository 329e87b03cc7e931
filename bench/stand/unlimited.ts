/** Settings of an API of which the answers are measured, not the refusal of one request too many. */
export const unlimited: Readonly<Record<string, string>> = {};
