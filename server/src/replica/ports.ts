/**
 * What a member needs from the world. `node/` adapts these ports to a machine; the simulator to a virtual one. Nothing else in
 * the member reads a clock, opens a socket or draws randomness.
 */

/** Links to the other members, by label. A link carries frames in order while it is up; when it breaks, what was under way may be lost. */
export interface Transport {
  /** Hands over whole frames (each with its length prefix), the bytes of one turn at a time; dropped where the link is down. The buffer is not used again by the caller. */
  send(label: number, frames: Uint8Array): void;
  /** Bytes that were handed over for this link and that the system has not taken yet. */
  bufferedBytes(label: number): number;
  /** Breaks the link: both sides see it go down, and it is dialled again later; less and less often while what comes over it is refused. */
  disconnect(label: number, why?: 'refused'): void;
  /** Asks for links to exactly these peers. Called again when the membership changes. */
  connectTo(peers: readonly PeerAddress[]): void;
}

export interface PeerAddress {
  readonly label: number;
  readonly host: string;
  readonly port: number;
}

/** What a transport tells the member. */
export interface TransportEvents {
  /** `address`: of the other end, for people, where there is one. */
  linkUp(label: number, address?: string): void;
  linkDown(label: number): void;
  /** Bytes as they come: not aligned to frames. The member may keep views of the chunk. */
  received(label: number, chunk: Uint8Array): void;
}

export interface Clock {
  /** Never goes back; for time-outs and expiry. */
  monotonicMs(): number;
  /** The time of day that znodes carry; may jump. */
  wallMs(): number;
}

export interface Scheduler {
  /** Runs `task` once this turn's events have been taken in. */
  defer(task: () => void): void;
  /** Runs `task` about every `periodMs` until the returned function is called; late calls are not made up for. */
  every(periodMs: number, task: () => void): () => void;
}

export interface Entropy {
  /** A whole number below 2^32, for seeds and for the marks by which instances are told apart. */
  uint32(): number;
  /** Unguessable bytes, for secrets. */
  bytes(length: number): Uint8Array;
  /** Keyed digest (HMAC-SHA-256), 32 bytes: session passwords. */
  hmac(secret: Uint8Array, message: Uint8Array): Uint8Array;
  /** Digest (SHA-1) in base64: what ZooKeeper's digest scheme makes of a password. */
  sha1Base64(message: Uint8Array): string;
}

/** Structured log; `pino` fits it. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** One client's connection, seen from the member. */
export interface ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The caller does not use the buffer again. */
  write(bytes: Uint8Array): void;
  /** Bytes handed over and not yet taken by the system. */
  bufferedBytes(): number;
  pause(): void;
  resume(): void;
  /** Sends what was written, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/** What a listener tells about one client's connection. */
export interface ClientSocketEvents {
  /** Bytes as they come. The member may keep views of the chunk. */
  received(chunk: Uint8Array): void;
  /** The system took the bytes that had piled up. */
  drained(): void;
  closed(): void;
}

/** Ends the process: the member cannot go on without risking data. */
export type Fatal = (error: Error) => void;
