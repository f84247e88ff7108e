import { createHmac, randomBytes } from 'node:crypto';
import { tokenDigestOf } from '../../config/bearers-file.ts';
import type { Bearer } from '../../config/config.ts';

/** Whom a token stands for, from when its file says so until it says otherwise. */
export interface Grant {
  /** Of no other grant of this process. */
  readonly number: number;
  readonly identities: Bearer['identities'];
  /** The file has another line for its token by now, or none. */
  readonly isOver: boolean;
}

type KeptGrant = { -readonly [K in keyof Grant]: Grant[K] };

/** The bearer tokens that callers may show: digests of them, and whom they stand for. */
export class BearerTokens {
  /** Digests are found by a hash under this key: how long that takes says nothing of a token, whatever is tried. */
  readonly #key = randomBytes(32);
  readonly #listeners = new Set<() => void>();
  #grants: ReadonlyMap<string, KeptGrant> = new Map();
  #lastNumber = 0;

  constructor(bearers: readonly Bearer[]) {
    this.replace(bearers);
  }

  /** undefined: it is nobody's. */
  grantOf(token: string): Grant | undefined {
    return this.#grants.get(this.#placeOf(tokenDigestOf(token)));
  }

  /** Grants that are the same as before go on. @returns whether others came or went */
  replace(bearers: readonly Bearer[]): boolean {
    const before = this.#grants;
    const grants = new Map<string, KeptGrant>();
    let hasNew = false;
    for (const { tokenDigest, identities } of bearers) {
      const place = this.#placeOf(tokenDigest);
      const known = before.get(place);
      const goesOn = known !== undefined && areSame(known.identities, identities);
      hasNew ||= !goesOn;
      grants.set(place, goesOn ? known : { number: ++this.#lastNumber, identities, isOver: false });
    }
    this.#grants = grants;
    const over = [...before].filter(([place, grant]) => grants.get(place) !== grant);
    for (const [, grant] of over) grant.isOver = true;
    if (over.length > 0) for (const tell of this.#listeners) tell();
    return hasNew || over.length > 0;
  }

  /** `tell` hears each time that grants are over. @returns what has it hear no more */
  onOver(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  }

  #placeOf(tokenDigest: string): string {
    return createHmac('sha256', this.#key).update(tokenDigest).digest('base64');
  }
}

/** In whatever order. */
function areSame(some: Bearer['identities'], others: Bearer['identities']): boolean {
  return (
    some.length === others.length &&
    some.every((one) => others.some(({ scheme, id }) => scheme === one.scheme && id === one.id))
  );
}
