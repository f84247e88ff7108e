import { NO_SLOT, type Slot } from '@rookery/protocol';
import { Int, type NodeTable, Real } from './node-table.ts';

/** Where a page begins: at this transaction, behind so many of the children that it created, by their names. */
export interface PageStart {
  readonly czxid: number;
  readonly offset: number;
}

export interface PageSize {
  /** One at least. */
  readonly children: number;
  /** One child is taken, however long its name is. */
  readonly bytes: number;
  /** What a child takes beside its name. */
  readonly bytesPerChild: number;
}

export interface OldestChildren {
  /** In the order in which they were created; those of one transaction in the order of their names. */
  readonly slots: readonly Slot[];
  /** undefined: those were the last ones. */
  readonly next: PageStart | undefined;
  /** A child from which a later page may begin to look; NO_SLOT where there is none. */
  readonly place: Slot;
  /** Children that were looked at. */
  readonly looks: number;
}

/**
 * The oldest children of a node, from `start` on. Where the node has its children in the order of their creation that costs as much as the page has,
 * if `hint` is the place of the page before it; from the first child on if not, or if that child is gone. Where it does not (those of a snapshot may stand in any
 * order) each child is looked at.
 */
export function oldestChildren(
  nodes: NodeTable,
  parent: Slot,
  start: PageStart,
  size: PageSize,
  hint: Slot,
): OldestChildren {
  if (nodes.disordered.has(parent)) return amongAll(nodes, parent, start, size);
  let looks = 0;
  let at = hint === NO_SLOT ? (nodes.int(parent, Int.firstChild) as Slot) : firstOfItsTime(nodes, hint);
  for (; at !== NO_SLOT && czxidOf(nodes, at) < start.czxid; looks++) at = nextOf(nodes, at);
  const page = new Page(nodes, start, size);
  while (at !== NO_SLOT && !page.isFull) {
    const time: Slot[] = [];
    const czxid = czxidOf(nodes, at);
    for (; at !== NO_SLOT && czxidOf(nodes, at) === czxid; at = nextOf(nodes, at)) time.push(at);
    looks += time.length;
    page.take(time);
  }
  return page.end(at, looks);
}

/** Of the children that one transaction created, as they stand. */
function firstOfItsTime(nodes: NodeTable, slot: Slot): Slot {
  let first = slot;
  for (;;) {
    const before = nodes.int(first, Int.previous) as Slot;
    if (before === NO_SLOT || czxidOf(nodes, before) !== czxidOf(nodes, slot)) return first;
    first = before;
  }
}

/** A pass over all of them keeps the oldest ones that have room in the page, and one more to say where the next one begins. */
function amongAll(nodes: NodeTable, parent: Slot, start: PageStart, size: PageSize): OldestChildren {
  const skipped: Slot[] = [];
  const heap = new YoungestFirst(nodes);
  let looks = 0;
  let bytes = 0;
  for (let at = nodes.int(parent, Int.firstChild) as Slot; at !== NO_SLOT; at = nextOf(nodes, at)) {
    looks++;
    const czxid = czxidOf(nodes, at);
    if (czxid < start.czxid) continue;
    // Which of them are skipped is known only once all are.
    if (czxid === start.czxid) {
      skipped.push(at);
      continue;
    }
    heap.add(at);
    bytes += bytesOf(nodes, at, size);
    while (heap.size > size.children + 1 || (heap.size > 2 && bytes - heap.lastBytes(size) > size.bytes))
      bytes -= bytesOf(nodes, heap.removeYoungest(), size);
  }
  const page = new Page(nodes, start, size);
  if (skipped.length > 0) page.take(skipped);
  const rest = heap.inOrder();
  let from = 0;
  while (from < rest.length && !page.isFull) {
    let end = from + 1;
    while (end < rest.length && czxidOf(nodes, rest[end]!) === czxidOf(nodes, rest[from]!)) end++;
    page.take(rest.slice(from, end));
    from = end;
  }
  return page.end(rest[from] ?? NO_SLOT, looks);
}

/** Fills up with the children of one transaction after the other. */
class Page {
  readonly #nodes: NodeTable;
  readonly #start: PageStart;
  readonly #size: PageSize;
  readonly #slots: Slot[] = [];
  #bytes = 0;
  #next: PageStart | undefined;
  #place: Slot = NO_SLOT;

  constructor(nodes: NodeTable, start: PageStart, size: PageSize) {
    this.#nodes = nodes;
    this.#start = start;
    this.#size = size;
  }

  get isFull(): boolean {
    return this.#next !== undefined || this.#slots.length >= this.#size.children;
  }

  /** All that one transaction created and that are still there, in any order. */
  take(slots: Slot[]): void {
    const nodes = this.#nodes;
    const czxid = czxidOf(nodes, slots[0]!);
    if (slots.length > 1) sortByName(nodes, slots);
    const skipped = czxid === this.#start.czxid ? Math.max(0, this.#start.offset) : 0;
    for (let i = skipped; i < slots.length; i++) {
      const slot = slots[i]!;
      const bytes = bytesOf(nodes, slot, this.#size);
      const isFirst = this.#slots.length === 0;
      if (!isFirst && (this.isFull || this.#bytes + bytes > this.#size.bytes)) {
        this.#next = { czxid, offset: i };
        this.#place = slot;
        return;
      }
      this.#slots.push(slot);
      this.#bytes += bytes;
    }
  }

  /** @param left the first child behind those that were taken */
  end(left: Slot, looks: number): OldestChildren {
    const isOver = this.#next === undefined && left === NO_SLOT;
    const next = isOver ? undefined : (this.#next ?? { czxid: czxidOf(this.#nodes, left), offset: 0 });
    return { slots: this.#slots, next, place: this.#place === NO_SLOT ? left : this.#place, looks };
  }
}

/** A heap of children, the one that comes last on top. */
class YoungestFirst {
  readonly #nodes: NodeTable;
  readonly #slots: Slot[] = [];

  constructor(nodes: NodeTable) {
    this.#nodes = nodes;
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Of the one on top. */
  lastBytes(size: PageSize): number {
    return bytesOf(this.#nodes, this.#slots[0]!, size);
  }

  add(slot: Slot): void {
    const slots = this.#slots;
    let at = slots.length;
    slots.push(slot);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isYounger(slots[at]!, slots[above]!)) return;
      this.#swap(at, above);
      at = above;
    }
  }

  removeYoungest(): Slot {
    const slots = this.#slots;
    const youngest = slots[0]!;
    const last = slots.pop()!;
    if (slots.length === 0) return youngest;
    slots[0] = last;
    for (let at = 0; ; ) {
      let most = at;
      for (const below of [2 * at + 1, 2 * at + 2])
        if (below < slots.length && this.#isYounger(slots[below]!, slots[most]!)) most = below;
      if (most === at) return youngest;
      this.#swap(at, most);
      at = most;
    }
  }

  inOrder(): Slot[] {
    return this.#slots.sort((a, b) => (this.#isYounger(a, b) ? 1 : -1));
  }

  #isYounger(a: Slot, b: Slot): boolean {
    const nodes = this.#nodes;
    const difference = czxidOf(nodes, a) - czxidOf(nodes, b);
    return difference === 0 ? nodes.path(a) > nodes.path(b) : difference > 0;
  }

  #swap(a: number, b: number): void {
    const slot = this.#slots[a]!;
    this.#slots[a] = this.#slots[b]!;
    this.#slots[b] = slot;
  }
}

function sortByName(nodes: NodeTable, slots: Slot[]): void {
  const paths = new Map(slots.map((slot) => [slot, nodes.path(slot)]));
  slots.sort((a, b) => (paths.get(a)! < paths.get(b)! ? -1 : 1));
}

function czxidOf(nodes: NodeTable, slot: Slot): number {
  return nodes.real(slot, Real.czxid);
}

function nextOf(nodes: NodeTable, slot: Slot): Slot {
  return nodes.int(slot, Int.next) as Slot;
}

function bytesOf(nodes: NodeTable, slot: Slot, { bytesPerChild }: PageSize): number {
  return bytesPerChild + nodes.int(slot, Int.pathLength) - nodes.nameStart(slot);
}
