import { idOfKey } from '../keys/key-text.ts';
import type { Keys } from '../keys/keys.ts';
import { AppError } from '../runtime/errors.ts';
import { keepInKubernetes, type PodPlace } from './kubernetes-secret.ts';

const wasThere = 'There is a key already, so none was made.';

/**
 * Makes the first key and keeps it in a Secret of Kubernetes; where there is a key already, nothing.
 *
 * The Secret is written first. A call that dies before the graph knows the key leaves it there, and
 * the next call makes that very key; so it may be repeated, and several may run at once.
 *
 * @returns a sentence that says what came of it.
 * @throws AppError `InvalidRequest` where somebody else made another key at the same time.
 */
export async function bootstrapInKubernetes(
  keys: Pick<Keys, 'bootstrap' | 'find' | 'list'>,
  name: string,
  pod?: PodPlace,
): Promise<string> {
  // A Secret for a key that is not to be made would look as if it held one.
  if ((await keys.list('', 1)).keys.length > 0) return wasThere;
  let id = '';
  const made = await keys.bootstrap(async (text) => {
    const { value } = await keepInKubernetes({ name, key: 'key' }, () => text.reveal(), pod);
    id = idOfKey(value.reveal()) ?? '';
    return value;
  }, 'bootstrap');
  if (made !== null) return `Made ${made.id} (${made.name}); it is in the Secret ${name}.`;
  try {
    await keys.find(id);
    return wasThere;
  } catch (cause) {
    throw new AppError(
      'InvalidRequest',
      `Another key was made meanwhile, so the one in the Secret ${name} is of no use: delete the Secret.`,
      { cause },
    );
  }
}
