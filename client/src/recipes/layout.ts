import { sequenceOf } from './sequence.ts';

/**
 * Whose programs a recipe shares its nodes with. Names of nodes differ between the two, so one path is of one of them; what takes part in the same
 * lock from another language says the same.
 */
export type Layout = 'curator' | 'kazoo';

/** What a node of a recipe is for. */
export type Purpose = 'lock' | 'read' | 'write' | 'latch' | 'lease';

const names: Readonly<Record<Layout, Readonly<Record<Purpose, string>>>> = {
  curator: { lock: 'lock-', read: '__READ__', write: '__WRIT__', latch: 'latch-', lease: 'lease-' },
  // kazoo elects by a lock, and its writers are locks.
  kazoo: { lock: '__lock__', read: '__rlock__', write: '__lock__', latch: '__lock__', lease: '__lease__' },
};

/**
 * What comes before the sequence number: an id by which its maker finds it again where the answer to the create was lost, and what it is for.
 *
 *   curator  _c_01234567-89ab-cdef-0123-456789abcdef-lock-0000000001
 *   kazoo    0123456789abcdef0123456789abcdef__lock__0000000001
 */
export function namePrefix(layout: Layout, purpose: Purpose, id: string): string {
  const name = names[layout][purpose];
  return layout === 'kazoo' ? `${id}${name}` : `_c_${withDashes(id)}-${name}`;
}

/** Where a child stands in the queue of these, of whichever layout; undefined where it is none of them. */
export function placeOf(name: string, purposes: readonly Purpose[]): number | undefined {
  for (const purpose of purposes) {
    for (const mark of [names.curator[purpose], names.kazoo[purpose]]) {
      const at = name.lastIndexOf(mark);
      const place = at < 0 ? undefined : sequenceOf(name.slice(at + mark.length));
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

function withDashes(id: string): string {
  return [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-');
}
