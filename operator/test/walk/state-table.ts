const NONE = -1;

/** States by their bytes, each once, numbered in the order in which they came; whence, and by what, they were reached first. */
export class StateTable {
  readonly #bytes: number;
  #arena: Uint8Array;
  #slots: Int32Array;
  #parents: Int32Array;
  #labels: Int32Array;
  size = 0;

  constructor(bytes: number) {
    this.#bytes = bytes;
    this.#arena = new Uint8Array(bytes * 1024);
    this.#slots = new Int32Array(4096).fill(NONE);
    this.#parents = new Int32Array(1024);
    this.#labels = new Int32Array(1024);
  }

  /** The number of the state, which is `size` before the call where it is new. */
  add(state: Uint8Array, parent: number, label: number): number {
    let slot = this.#slotOf(state);
    const found = this.#slots[slot]!;
    if (found !== NONE) return found;
    if ((this.size + 1) * 2 > this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(state);
    }
    const number = this.size++;
    if (number === this.#parents.length) this.#extend();
    this.#arena.set(state, number * this.#bytes);
    this.#slots[slot] = number;
    this.#parents[number] = parent;
    this.#labels[number] = label;
    return number;
  }

  bytesOf(number: number): Uint8Array {
    return this.#arena.subarray(number * this.#bytes, (number + 1) * this.#bytes);
  }

  /** The labels of the shortest way to this state. */
  wayTo(number: number): number[] {
    const way: number[] = [];
    for (let at = number; this.#parents[at]! !== NONE; at = this.#parents[at]!) way.push(this.#labels[at]!);
    return way.reverse();
  }

  /** Where the state is, or would be. */
  #slotOf(state: Uint8Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(state) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]!;
      if (number === NONE || this.#isEqual(number, state)) return slot;
    }
  }

  #isEqual(number: number, state: Uint8Array): boolean {
    const from = number * this.#bytes;
    for (let at = 0; at < this.#bytes; at++) if (this.#arena[from + at] !== state[at]) return false;
    return true;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    for (let number = 0; number < this.size; number++)
      this.#slots[this.#slotOf(this.bytesOf(number))] = number;
  }

  #extend(): void {
    const length = this.#parents.length * 2;
    const arena = new Uint8Array(length * this.#bytes);
    arena.set(this.#arena);
    this.#arena = arena;
    this.#parents = longer(this.#parents, length);
    this.#labels = longer(this.#labels, length);
  }
}

function longer(array: Int32Array, length: number): Int32Array {
  const made = new Int32Array(length);
  made.set(array);
  return made;
}

/** FNV-1a, and what mixes its upper bits into the lower ones. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
