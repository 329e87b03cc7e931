/** What one producer has in a window: a process, or what stands for it, that writes its own series. */
export interface ProducerCensus {
  /** Its labels as a text. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Series with a sample anywhere in the window. */
  readonly series: number;
  /** Series with a sample shortly after the window's start, and shortly before its end. */
  readonly nearStart: number;
  readonly nearEnd: number;
  /** The most samples that one of its series has in the window. */
  readonly samples: number;
}
