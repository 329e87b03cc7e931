import { print } from './session.ts';

/**
 * Whether to do what was asked for; without `--yes` it is only said, and asking that is no error.
 *
 * @param what completes "This would …".
 */
export function isConfirmed(yes: boolean | undefined, what: string): boolean {
  if (yes) return true;
  print(`This would ${what}. Nothing was done: say --yes to do it.`);
  return false;
}
