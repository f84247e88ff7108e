import { NO_SLOT, type Slot } from '@rookery/protocol';
import { Int, type NodeTable } from './node-table.ts';

/** More nodes than these are not walked from one to the next, each a jump in memory, but found by a pass over all slots. */
const MOST_WALKED = 10_000;
/** A slot in such a pass takes a fraction of a jump to a node. */
const SLOTS_PER_LOOK = 2;

const UNKNOWN = 0;
const BELOW = 1;
const ELSEWHERE = 2;

/** Nodes below `top`, at any depth. Takes as long as `looksToCount` says, a third of a second for the 16 million that there may be. */
export function countBelow(nodes: NodeTable, top: Slot, mostWalked = MOST_WALKED): number {
  return walk(nodes, top, mostWalked) ?? countByPass(nodes, top);
}

/** What a count that came to `count` has cost, in looks at nodes in a row. */
export function looksToCount(nodes: NodeTable, count: number): number {
  return count <= MOST_WALKED ? count : MOST_WALKED + nodes.highWater / SLOTS_PER_LOOK;
}

/** Undefined where there are more than `most`. */
function walk(nodes: NodeTable, top: Slot, most: number): number | undefined {
  let count = 0;
  for (let at = nodes.int(top, Int.firstChild) as Slot; at !== NO_SLOT; at = next(nodes, at, top)) {
    if (++count > most) return undefined;
  }
  return count;
}

/** Depth first: the node's first child, or else the next sibling of it or of the nearest ancestor below `top` that has one. */
function next(nodes: NodeTable, slot: Slot, top: Slot): Slot {
  const child = nodes.int(slot, Int.firstChild) as Slot;
  if (child !== NO_SLOT) return child;
  for (let at = slot; at !== top; at = nodes.int(at, Int.parent) as Slot) {
    const sibling = nodes.int(at, Int.next) as Slot;
    if (sibling !== NO_SLOT) return sibling;
  }
  return NO_SLOT;
}

/** Each node is where its parent is: a byte for every slot remembers that, so that no way up is gone twice. */
function countByPass(nodes: NodeTable, top: Slot): number {
  const places = new Uint8Array(nodes.highWater);
  places[top] = BELOW;
  let count = 0;
  for (let slot = 0 as Slot; slot < nodes.highWater; slot++) {
    if (!nodes.isUsed(slot)) continue;
    const parent = nodes.int(slot, Int.parent) as Slot;
    // Mostly older than the node, and so known already.
    const place = parent === NO_SLOT ? ELSEWHERE : places[parent] || placeOf(nodes, parent, places);
    if (places[slot] === UNKNOWN) places[slot] = place;
    if (place === BELOW) count++;
  }
  return count;
}

function placeOf(nodes: NodeTable, slot: Slot, places: Uint8Array): number {
  let known = slot;
  while (known !== NO_SLOT && places[known] === UNKNOWN) known = nodes.int(known, Int.parent) as Slot;
  const place = known === NO_SLOT ? ELSEWHERE : places[known]!;
  for (let at = slot; at !== known; at = nodes.int(at, Int.parent) as Slot) places[at] = place;
  return place;
}
