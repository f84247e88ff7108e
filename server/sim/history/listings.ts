import { describe, type Operation, type Violation } from './operation.ts';

const SUFFIX_DIGITS = 10;

interface Creation {
  readonly operation: Operation;
  /** Known name below the parent; of a sequential one without an answer only its prefix. */
  name: string | undefined;
  /** Its zxid where it was answered. */
  readonly zxid: number | undefined;
}

interface Listing {
  readonly operation: Operation;
  readonly zxid: number;
  readonly names: readonly string[];
}

/**
 * Parents below which nodes are only ever created, each by an operation of its own, and whose children are listed. A listing at a zxid
 * holds exactly what was created up to it: each acknowledged creation, each write without an answer at most once, nothing else; and
 * sequential names number the creations without a gap, in zxid order.
 */
export function checkListings(
  parent: string,
  operations: readonly Operation[],
  shown: readonly number[],
): Violation[] {
  return new ListingCheck(parent, operations, shown).run();
}

class ListingCheck {
  readonly #shown: readonly number[];
  readonly #sequential = new Map<string, Creation>();
  readonly #plain = new Map<string, Creation>();
  readonly #acknowledged: (Creation & { readonly name: string; readonly zxid: number })[] = [];
  readonly #listings: Listing[] = [];
  readonly #violations: Violation[] = [];

  constructor(parent: string, operations: readonly Operation[], shown: readonly number[]) {
    this.#shown = shown;
    for (const operation of operations) this.#take(`${parent}/`, operation, parent);
    this.#acknowledged.sort((a, b) => a.zxid - b.zxid);
    this.#listings.sort((a, b) => a.zxid - b.zxid);
  }

  run(): Violation[] {
    this.#checkNumbers();
    let earlier: Listing | undefined;
    for (const listing of this.#listings) {
      this.#checkListing(listing, earlier);
      earlier = listing;
    }
    return this.#violations;
  }

  #take(prefix: string, operation: Operation, parent: string): void {
    const { action, result } = operation;
    if (action.kind === 'children' && action.path === parent && result.kind === 'ok') {
      this.#listings.push({ operation, zxid: result.zxid, names: result.children ?? [] });
    }
    if (action.kind !== 'create' && action.kind !== 'createSequential') return;
    if (!action.path.startsWith(prefix) || result.kind === 'error') return;
    if (result.kind === 'refused') return;
    const given = action.path.slice(prefix.length);
    const answered = result.kind === 'ok';
    const sequential = action.kind === 'createSequential';
    const name = sequential ? (answered ? result.path?.slice(prefix.length) : undefined) : given;
    const creation: Creation = { operation, name, zxid: answered ? result.zxid : undefined };
    (sequential ? this.#sequential : this.#plain).set(given, creation);
    if (answered && name !== undefined) this.#acknowledged.push({ operation, name, zxid: result.zxid });
  }

  #checkNumbers(): void {
    let last = -1;
    for (const { operation, name } of this.#acknowledged) {
      if (operation.action.kind !== 'createSequential') continue;
      const { prefix, number } = split(name);
      if (prefix !== operation.action.path.slice(-prefix.length) || number <= last) {
        this.#report('sequential names follow the order of the zxids', `after ${last}`, operation);
      }
      last = number;
    }
  }

  #checkListing(listing: Listing, earlier: Listing | undefined): void {
    const names = new Set(listing.names);
    const numbers: number[] = [];
    for (const name of listing.names) {
      const number = this.#checkName(listing, name);
      if (number !== undefined) numbers.push(number);
    }
    for (const { operation, name, zxid } of this.#acknowledged) {
      if (zxid <= listing.zxid === names.has(name)) continue;
      const what = zxid <= listing.zxid ? 'an acknowledged creation is missing' : 'a later creation is shown';
      this.#report('listings hold what was created', `${what}: ${describe(operation)}`, listing.operation);
    }
    for (const name of earlier?.names ?? []) {
      if (!names.has(name)) {
        this.#report('listings hold what was created', `${name} is gone again`, listing.operation);
      }
    }
    numbers.sort((a, b) => a - b);
    const gap = numbers.findIndex((number, at) => number !== at);
    if (gap !== -1) {
      this.#report('sequential names count creations', `no number ${gap}, or twice`, listing.operation);
    }
  }

  /** Checks where a listed name comes from; returns its number if it is a sequential one. */
  #checkName(listing: Listing, name: string): number | undefined {
    const plain = this.#plain.get(name);
    const { prefix, number } = split(name);
    const creation = plain ?? this.#sequential.get(prefix);
    if (creation === undefined) {
      this.#report('listings hold what was created', `nobody created ${name}`, listing.operation);
      return undefined;
    }
    creation.name ??= name;
    if (creation.name !== name) {
      const message = `${creation.name} and ${name} come from one operation: ${describe(creation.operation)}`;
      this.#report('a write takes effect once', message, listing.operation);
    }
    if (listing.zxid <= (this.#shown[creation.operation.id] as number)) {
      this.#report(
        'listings hold what was created',
        `${name} is shown before it was sent`,
        listing.operation,
      );
    }
    return plain === undefined ? number : undefined;
  }

  #report(rule: string, message: string, operation: Operation): void {
    this.#violations.push({
      rule,
      message: `${message}: ${describe(operation)}`,
      operations: [operation.id],
    });
  }
}

function split(name: string): { prefix: string; number: number } {
  return { prefix: name.slice(0, -SUFFIX_DIGITS), number: Number(name.slice(-SUFFIX_DIGITS)) };
}
