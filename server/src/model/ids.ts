declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Number of one write in the order of all writes: the Raft log index plus a base. Grows for ever, stays below 2^53. */
export type Zxid = Branded<'Zxid'>;

/** A session's id: the zxid that created it, so below 2^53. 0 is no session. */
export type SessionId = Branded<'SessionId'>;

export const NO_ZXID = 0 as Zxid;
export const NO_SESSION = 0 as SessionId;

export function asZxid(value: number): Zxid {
  return value as Zxid;
}

export function asSessionId(value: number): SessionId {
  return value as SessionId;
}
