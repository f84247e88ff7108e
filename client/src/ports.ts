/** What the client needs of the world around it. `node/` gives it Node's; tests and the simulator give it theirs. */
export interface World {
  /** Milliseconds that never go back, of whatever origin. */
  nowMs(): number;
  /** The time of day: ms since 1970. */
  wallMs(): number;
  /** Runs `task` once, not before `delayMs` have gone by. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` once what has come in by now was taken in: everything written in between leaves as one. */
  atTurnEnd(task: () => void): void;
  /** A whole number from 0 on, below `bound`. */
  random(bound: number): number;
  /** MD5, 16 bytes: what SASL's DIGEST-MD5 is made of. */
  md5(message: Uint8Array): Uint8Array;
  dial(address: Address, events: LinkEvents): Link;
  /** The members' addresses, asked for each time that all of them were tried. Rejects where they cannot be had. */
  resolve(): Promise<readonly Address[]>;
  /** Behind all addresses there is one member and never another: where it reads alone, none is looked for that does more. */
  readonly hasOneMember?: boolean;
}

export interface Timer {
  cancel(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One connection to one member. Nothing may be written before `opened`. */
export interface Link {
  /** The caller does not use the memory again. */
  write(bytes: Uint8Array): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes at once; `closed` is told all the same. */
  destroy(): void;
}

export interface LinkEvents {
  opened(): void;
  /** The memory is the receiver's. */
  received(chunk: Uint8Array): void;
  /** Told once, whoever closed it, and whether it ever opened or not. */
  closed(reason: string): void;
}
