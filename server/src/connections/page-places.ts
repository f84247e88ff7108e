import { NO_SLOT, type Slot } from '@rookery/protocol';
import type { Tree } from '../tree/tree.ts';

/** Pages that are read at a time, of all clients: beyond them the place of the one that was read longest ago is forgotten, and looked for again. */
const MOST_PLACES = 1_000;

interface PlacedIn {
  readonly tree: Tree;
  readonly treeMark: number;
}

/**
 * Where the next pages of children begin: a request names a transaction, and to find its children from the first one on would cost more with each page. Only a
 * short cut: what is not known here is looked for.
 */
export class PagePlaces {
  readonly #places = new Map<string, Slot>();
  #treeMark: number | undefined;

  /** The child that was remembered for that parent and transaction, if it is still there; or NO_SLOT. */
  find({ tree, treeMark }: PlacedIn, parent: Slot, czxid: number): Slot {
    if (treeMark !== this.#treeMark) return NO_SLOT;
    const place = this.#places.get(keyOf(parent, czxid));
    return place !== undefined && tree.isChildAt(place, parent, czxid) ? place : NO_SLOT;
  }

  remember({ treeMark }: PlacedIn, parent: Slot, czxid: number, place: Slot): void {
    const places = this.#places;
    if (treeMark !== this.#treeMark) places.clear();
    this.#treeMark = treeMark;
    const key = keyOf(parent, czxid);
    places.delete(key);
    places.set(key, place);
    if (places.size > MOST_PLACES) places.delete(places.keys().next().value!);
  }
}

function keyOf(parent: Slot, czxid: number): string {
  return `${parent} ${czxid}`;
}
