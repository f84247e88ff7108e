import { quantityBytes } from '@rookery/crds';
import { type Given, take, textOf, valueAt } from '../table.ts';

const MIN_BYTES = 1024 ** 3;

/** Where data comes from that is there already. */
export const DATA_STAYS =
  'no data moves by this: docs/coming-from-zookeeper.md says by what it does; what is there stays as it is';

export function takeSize({ key, value, draft }: Given): void {
  const text = textOf(value).trim();
  let bytes: number;
  try {
    bytes = quantityBytes(text);
  } catch {
    return draft.leave(
      key,
      `${JSON.stringify(value)} is no number of bytes such as "10Gi": it is 10Gi without it`,
    );
  }
  if (bytes >= MIN_BYTES) draft.take(key, 'storage.size', text);
  else draft.take(key, 'storage.size', '1Gi', `${text} is too little for the log and a snapshot`);
}

export const size = take(takeSize);

/** Helm's charts mean no class by "-": volumes that were made beforehand. */
function takeClass({ key, value, draft }: Given): void {
  if (value === '-') draft.take(key, 'storage.storageClassName', '', 'volumes that were made beforehand');
  else draft.take(key, 'storage.storageClassName', value);
}

export const storageClass = take(takeClass);

/** Says no more than what a nearer key leaves open. */
export const globalStorageClass = (...nearer: readonly string[]) =>
  take((given) => {
    const said = nearer.find((key) => textOf(valueAt(given.values, key)) !== '');
    if (said === undefined) takeClass(given);
    else given.draft.notNeeded(given.key, `${said} says what spec.storage.storageClassName is`);
  });

/** Counts even where it is false: what charts keep in memory or on the node has to be on a volume here. */
export const persistenceEnabled = take(({ key, value, draft }) => {
  if (value === true || value === 'true') draft.notNeeded(key, 'each member has a volume');
  else
    draft.leave(
      key,
      'each member has a volume, on which its promises rest: there are no members without one',
    );
});

/** What becomes of the volumes with the cluster. */
export const reclaimPolicy = take(({ key, value, draft }) => {
  draft.take(key, 'storage.retention.whenDeleted', value);
});

export const accessModes = take(({ key, value, draft }) => {
  const modes = (Array.isArray(value) ? value : [value]).map(textOf);
  if (modes.every((mode) => /^ReadWriteOnce(?:Pod)?$/.test(mode)))
    draft.notNeeded(key, 'a volume is mounted by its member alone');
  else draft.leave(key, 'volumes are ReadWriteOnce: none is shared');
});
