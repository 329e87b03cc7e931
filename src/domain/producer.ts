/** A producer as it is told from others: by its reading and its labels. */
export interface Producer {
  /** How it is read, as a text. */
  readonly reading: string;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What tells a producer from all others of its source. */
export function keyOf({ reading, id }: Pick<Producer, 'reading' | 'id'>): string {
  return `${reading} ${id}`;
}
