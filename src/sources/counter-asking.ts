import type { RawAnswer, VectorAnswer } from './answer.ts';
import type { CounterScope } from './counter-questions.ts';
import type { Series } from './series.ts';

/** One counter of one part of a window, being asked. */
export interface CounterAsking {
  readonly counter: Series;
  /** Counters that every producer of this one writes, by which it is seen when one was there. */
  readonly presence: readonly Series[];
  readonly scope: CounterScope;
  /** Matchers of the source, which hold for whatever is asked. */
  readonly sourceMatchers: readonly string[];
  ask(expression: string): Promise<VectorAnswer>;
  /** Asks for a range of samples. */
  askRaw(expression: string): Promise<RawAnswer>;
  /** The names of the clients that the series of some producers have, by the index. */
  clientsOf(producers: readonly string[]): Promise<readonly string[]>;
  /** The same counter where other matchers select it, instead of those of the part. */
  part(matchers: readonly string[]): CounterScope;
}
