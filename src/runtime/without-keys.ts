/** What a key looks like wherever it stands: `topolog_<id>_<secret>`. */
const keyPattern = /topolog_([0-9A-Za-z]{11})_[0-9A-Za-z]{40,}/g;

/** A text in which keys have kept no more than their public id. */
export function withoutKeys(text: string): string {
  return text.replace(keyPattern, 'topolog_$1_[secret]');
}
