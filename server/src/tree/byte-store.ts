import { allocateBytes, copyBytes } from '@rookery/protocol';

/** Names a stored range of bytes. Its length is remembered by whoever holds it. */
export type ByteRef = number;
export const NO_BYTES_REF: ByteRef = -1;

const UNIT_SHIFT = 3;
const PAGE_SHIFT = 16;
const PAGE_BYTES = 1 << PAGE_SHIFT;
const PAGE_UNITS = PAGE_BYTES >> UNIT_SHIFT;
const UNIT_MASK = PAGE_UNITS - 1;
const PAGE_REF_SHIFT = PAGE_SHIFT - UNIT_SHIFT;
/** Longer ranges get memory of their own. */
const MAX_CLASS_BYTES = 8192;
/** Refs are 31 bits of 8-byte units: 16 GiB. */
const MAX_PAGES = 2 ** (31 - PAGE_REF_SHIFT);
const NONE = -1;

/** Sizes of blocks: steps of 8 bytes up to 128, from there eight steps for each doubling, so that at most 1/8 is lost. */
const CLASS_BYTES: readonly number[] = (() => {
  const sizes: number[] = [];
  for (let size = 8; size <= 128; size += 8) sizes.push(size);
  for (let base = 128; base < MAX_CLASS_BYTES; base *= 2) {
    for (let step = 1; step <= 8; step++) sizes.push(base + (base / 8) * step);
  }
  return sizes;
})();

/** The class for a size in units. */
const CLASS_OF_UNITS = (() => {
  const classes = new Uint8Array((MAX_CLASS_BYTES >> UNIT_SHIFT) + 1);
  let current = 0;
  for (let units = 1; units < classes.length; units++) {
    if (units << UNIT_SHIFT > CLASS_BYTES[current]!) current++;
    classes[units] = current;
  }
  return classes;
})();

function classOf(length: number): number {
  return CLASS_OF_UNITS[(length + 7) >> UNIT_SHIFT]!;
}

/**
 * Many short byte ranges in few large arrays, out of the garbage collector's sight: a million nodes are no objects at all.
 *
 *   page of 64 KiB, one size class:  | block | block | free ─┐ block | free ◄┘ | never used …
 *
 * A page that becomes empty is given back, but for the last of its class. Free blocks of a page are linked through their first four bytes.
 */
export class ByteStore {
  readonly #pages: Uint8Array[] = [];
  readonly #words: Int32Array[] = [];
  /** Per page: its class, blocks in use, first free block (in units), blocks never used so far, neighbours in its class's list. */
  readonly #class: number[] = [];
  readonly #used: number[] = [];
  readonly #free: number[] = [];
  readonly #fresh: number[] = [];
  readonly #next: number[] = [];
  readonly #previous: number[] = [];
  /** Per class: the first page that has room. */
  readonly #roomy = new Int32Array(CLASS_BYTES.length).fill(NONE);
  readonly #emptyPages: number[] = [];
  /** Long ranges: ref −2 is item 0, −3 is item 1, … */
  readonly #long: (Uint8Array | undefined)[] = [];
  readonly #freeLong: number[] = [];
  #longBytes = 0;
  #storedBytes = 0;

  /** Memory held, in bytes. */
  get allocatedBytes(): number {
    return (this.#pages.length - this.#emptyPages.length) * PAGE_BYTES + this.#longBytes;
  }

  /** Bytes of all ranges together. */
  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Stores a copy of `source[start, end)`. */
  store(source: Uint8Array, start: number, end: number): ByteRef {
    const length = end - start;
    if (length <= 0) return NO_BYTES_REF;
    this.#storedBytes += length;
    if (length > MAX_CLASS_BYTES) return this.#storeLong(source, start, end);
    const ref = this.#allocate(classOf(length));
    copyBytes(this.#pages[ref >> PAGE_REF_SHIFT]!, (ref & UNIT_MASK) << UNIT_SHIFT, source, start, end);
    return ref;
  }

  /** Stores other bytes in place of `ref`, in the same memory if they fit its class. */
  replace(ref: ByteRef, oldLength: number, source: Uint8Array, start: number, end: number): ByteRef {
    const length = end - start;
    if (ref >= 0 && length > 0 && length <= MAX_CLASS_BYTES && classOf(length) === classOf(oldLength)) {
      copyBytes(this.#pages[ref >> PAGE_REF_SHIFT]!, (ref & UNIT_MASK) << UNIT_SHIFT, source, start, end);
      this.#storedBytes += length - oldLength;
      return ref;
    }
    this.release(ref, oldLength);
    return this.store(source, start, end);
  }

  release(ref: ByteRef, length: number): void {
    if (ref !== NO_BYTES_REF) this.#storedBytes -= length;
    if (ref >= 0) this.#free_(ref, classOf(length));
    else if (ref !== NO_BYTES_REF) this.#releaseLong(ref);
  }

  /** The array in which `ref` lies, from `offsetOf(ref)` on. */
  arrayOf(ref: ByteRef): Uint8Array {
    return ref >= 0 ? this.#pages[ref >> PAGE_REF_SHIFT]! : this.#long[-2 - ref]!;
  }

  offsetOf(ref: ByteRef): number {
    return ref >= 0 ? (ref & UNIT_MASK) << UNIT_SHIFT : 0;
  }

  #allocate(size: number): ByteRef {
    let page = this.#roomy[size]!;
    if (page === NONE) page = this.#addPage(size);
    const first = this.#free[page]!;
    let unit: number;
    if (first !== NONE) {
      unit = first;
      this.#free[page] = this.#words[page]![unit << 1]!;
    } else {
      unit = (this.#fresh[page]! * CLASS_BYTES[size]!) >> UNIT_SHIFT;
      this.#fresh[page] = this.#fresh[page]! + 1;
    }
    this.#used[page] = this.#used[page]! + 1;
    if (!this.#hasRoom(page, size)) this.#unlink(page, size);
    return (page << PAGE_REF_SHIFT) | unit;
  }

  #free_(ref: ByteRef, size: number): void {
    const page = ref >> PAGE_REF_SHIFT;
    const wasFull = !this.#hasRoom(page, size);
    this.#words[page]![(ref & UNIT_MASK) << 1] = this.#free[page]!;
    this.#free[page] = ref & UNIT_MASK;
    this.#used[page] = this.#used[page]! - 1;
    if (wasFull) this.#link(page, size);
    // The last page with room stays: a node that comes and goes does not take and give back a page each time.
    if (this.#used[page] === 0 && (this.#next[page] !== NONE || this.#previous[page] !== NONE)) {
      this.#unlink(page, size);
      this.#emptyPages.push(page);
      this.#pages[page] = NO_PAGE;
      this.#words[page] = NO_WORDS;
    }
  }

  #hasRoom(page: number, size: number): boolean {
    return this.#free[page] !== NONE || (this.#fresh[page]! + 1) * CLASS_BYTES[size]! <= PAGE_BYTES;
  }

  #addPage(size: number): number {
    const page = this.#emptyPages.pop() ?? this.#pages.length;
    if (page >= MAX_PAGES) throw new RangeError('the byte store holds 16 GiB and has no room left');
    const bytes = allocateBytes(PAGE_BYTES);
    this.#pages[page] = bytes;
    this.#words[page] = new Int32Array(bytes.buffer, 0, PAGE_BYTES >> 2);
    this.#class[page] = size;
    this.#used[page] = 0;
    this.#free[page] = NONE;
    this.#fresh[page] = 0;
    this.#link(page, size);
    return page;
  }

  #link(page: number, size: number): void {
    const head = this.#roomy[size]!;
    this.#next[page] = head;
    this.#previous[page] = NONE;
    if (head !== NONE) this.#previous[head] = page;
    this.#roomy[size] = page;
  }

  #unlink(page: number, size: number): void {
    const next = this.#next[page]!;
    const previous = this.#previous[page]!;
    if (previous === NONE) this.#roomy[size] = next;
    else this.#next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
  }

  #storeLong(source: Uint8Array, start: number, end: number): ByteRef {
    const item = this.#freeLong.pop() ?? this.#long.length;
    const bytes = allocateBytes(end - start);
    copyBytes(bytes, 0, source, start, end);
    this.#long[item] = bytes;
    this.#longBytes += bytes.length;
    return -2 - item;
  }

  #releaseLong(ref: ByteRef): void {
    const item = -2 - ref;
    this.#longBytes -= this.#long[item]!.length;
    this.#long[item] = undefined;
    this.#freeLong.push(item);
  }
}

const NO_PAGE = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);
