import type { Slot } from '@rookery/protocol';

const none: ReadonlySet<Slot> = new Set();

/** Which nodes live only as long as which session. */
export class Ephemerals {
  readonly #bySession = new Map<number, Set<Slot>>();
  #count = 0;

  /** Ephemeral nodes of all sessions. */
  get count(): number {
    return this.#count;
  }

  add(session: number, slot: Slot): void {
    let slots = this.#bySession.get(session);
    if (slots === undefined) {
      slots = new Set();
      this.#bySession.set(session, slots);
    }
    slots.add(slot);
    this.#count++;
  }

  remove(session: number, slot: Slot): void {
    const slots = this.#bySession.get(session);
    if (slots?.delete(slot) !== true) return;
    this.#count--;
    if (slots.size === 0) this.#bySession.delete(session);
  }

  countOf(session: number): number {
    return this.#bySession.get(session)?.size ?? 0;
  }

  sessions(): Iterable<number> {
    return this.#bySession.keys();
  }

  /** In no particular order. What is removed meanwhile is not met any more. */
  iterate(session: number): Iterator<Slot> {
    return (this.#bySession.get(session) ?? none).values();
  }

  /** A copy, in no particular order. */
  of(session: number): Slot[] {
    const slots = this.#bySession.get(session);
    return slots === undefined ? [] : [...slots];
  }
}
