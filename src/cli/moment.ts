import { InvalidArgumentError } from 'commander';
import { type Moment, momentForms, parseMoment } from '../runtime/instant.ts';

/** An option that is a point in time, written as the API takes it. */
export function momentOption(text: string): Moment {
  const found = parseMoment(text);
  if (found === null) throw new InvalidArgumentError(`Give ${momentForms}.`);
  return found;
}
