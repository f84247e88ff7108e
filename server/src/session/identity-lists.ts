import { encodeUtf8, type Identities } from '@rookery/protocol';
import { hashBytes } from '../codec/hash.ts';
import { ANYONE } from '../model/access.ts';

interface Entry {
  readonly list: Identities;
  readonly key: string;
  readonly hash: number;
  users: number;
}

const HASH_SEED = 0x1d5;

/**
 * The sessions' identities, each different list once: a hundred thousand sessions come from a handful of addresses. Counts the
 * sessions that use a list and forgets it with the last one.
 */
export class IdentityLists {
  readonly #byKey = new Map<string, Entry>();
  readonly #byList = new Map<Identities, Entry>();

  /** The shared list of the same identities in the same order, with one more user. */
  acquire(list: Identities): Identities {
    if (list.length === 0) return ANYONE;
    const key = keyOf(list);
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      const bytes = encodeUtf8(key);
      entry = { list, key, hash: hashBytes(bytes, 0, bytes.length, HASH_SEED), users: 0 };
      this.#byKey.set(key, entry);
      this.#byList.set(list, entry);
    }
    entry.users++;
    return entry.list;
  }

  release(list: Identities): void {
    const entry = this.#byList.get(list);
    if (entry === undefined || --entry.users > 0) return;
    this.#byKey.delete(entry.key);
    this.#byList.delete(list);
  }

  /** Of a list that `acquire` gave: the same on every member, 0 for none. */
  hash(list: Identities): number {
    return this.#byList.get(list)?.hash ?? 0;
  }

  get size(): number {
    return this.#byKey.size;
  }
}

/** Different for different lists: schemes and ids carry their lengths. */
function keyOf(list: Identities): string {
  let key = '';
  for (const { scheme, id } of list) key += `${scheme.length}:${scheme},${id.length}:${id};`;
  return key;
}
