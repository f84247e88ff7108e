import type { Address } from '../ports.ts';

interface Member extends Address {
  /** When it last gave no session, by the number of the attempt; 0 where it never failed. */
  failedAt: number;
}

/**
 * Whom to ask next: members that did not fail before those that did, of these the one whose failure is longest ago. Those that nothing is
 * known of are in an order of chance, so that clients spread over the members.
 */
export class Rotation {
  readonly #random: (bound: number) => number;
  #members: Member[] = [];
  #attempt = 0;
  #triedInRound = new Set<Member>();

  constructor(random: (bound: number) => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#members.length;
  }

  /** From now on these are the members; what is known of those that stay is kept. */
  beginRound(addresses: readonly Address[]): void {
    const known = new Map(this.#members.map((member) => [keyOf(member), member]));
    const members = new Map(addresses.map((address) => [keyOf(address), address]));
    this.#members = shuffled(
      [...members].map(([key, { host, port }]) => known.get(key) ?? { host, port, failedAt: 0 }),
      this.#random,
    );
    this.#triedInRound = new Set();
  }

  /** The same members, each to be asked once more. */
  repeatRound(): void {
    this.#triedInRound = new Set();
  }

  /** undefined where everybody has been asked in this round. */
  next(): Address | undefined {
    let best: Member | undefined;
    for (const member of this.#members) {
      if (this.#triedInRound.has(member)) continue;
      if (best === undefined || member.failedAt < best.failedAt) best = member;
    }
    if (best !== undefined) this.#triedInRound.add(best);
    return best;
  }

  /** No session could be had there. */
  failed(address: Address): void {
    this.#attempt++;
    for (const member of this.#members) if (keyOf(member) === keyOf(address)) member.failedAt = this.#attempt;
  }

  /** It gave a session. */
  succeeded(address: Address): void {
    for (const member of this.#members) if (keyOf(member) === keyOf(address)) member.failedAt = 0;
  }
}

function keyOf({ host, port }: Address): string {
  return `${host} ${port}`;
}

function shuffled<T>(items: T[], random: (bound: number) => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
