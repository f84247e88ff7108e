import { type AclList, encodeUtf8, OPEN_ACL, READ_ACL } from '@rookery/protocol';
import { hashBytes } from '../codec/hash.ts';

const OPEN_ACL_ID = 0;
const READ_ACL_ID = 1;
const PINNED = 2;

interface Entry {
  readonly list: AclList;
  readonly key: string;
  readonly hash: number;
  users: number;
}

/**
 * ACL lists as small integers: thousands of nodes share a handful of lists. Counts the nodes that use each and forgets a list
 * with its last node. Ids are this member's own; what enters a digest is the list's hash.
 */
export class AclTable {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #ids = new Map<string, number>();
  readonly #freeIds: number[] = [];

  constructor() {
    this.#add(OPEN_ACL);
    this.#add(READ_ACL);
  }

  /** The list's id, with one more user. */
  acquire(list: AclList): number {
    if (list === OPEN_ACL) return OPEN_ACL_ID;
    if (list === READ_ACL) return READ_ACL_ID;
    const id = this.#ids.get(keyOf(list)) ?? this.#add(list);
    this.#entries[id]!.users++;
    return id;
  }

  release(id: number): void {
    if (id < PINNED) return;
    const entry = this.#entries[id]!;
    if (--entry.users > 0) return;
    this.#entries[id] = undefined;
    this.#ids.delete(entry.key);
    this.#freeIds.push(id);
  }

  list(id: number): AclList {
    return this.#entries[id]!.list;
  }

  hash(id: number): number {
    return this.#entries[id]!.hash;
  }

  /** The lists in use by id, undefined in between. */
  lists(): (AclList | undefined)[] {
    return this.#entries.map((entry) => entry?.list);
  }

  #add(list: AclList): number {
    const key = keyOf(list);
    const id = this.#freeIds.pop() ?? this.#entries.length;
    const bytes = encodeUtf8(key);
    this.#entries[id] = { list, key, hash: hashBytes(bytes, 0, bytes.length, 0), users: 0 };
    this.#ids.set(key, id);
    return id;
  }
}

/** Different for different lists: schemes and ids carry their lengths. */
function keyOf(list: AclList): string {
  let key = '';
  for (const { perms, scheme, id } of list) {
    key += `${perms},${scheme.length}:${scheme},${id.length}:${id};`;
  }
  return key;
}
