/** One client's connection, seen from the member. */
export interface ClientSocket {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Whether it speaks TLS. */
  readonly isSecure?: boolean;
  /** It is none of the network's: one of this member's own doors is at its other end, and may ask for what no client may. */
  readonly isOwn?: boolean;
  /** Whom that door has found its caller to be, by ids of access lists; means nothing where `isOwn` is not true. */
  readonly provedIdentities?: readonly { readonly scheme: string; readonly id: string }[];
  /** As RFC 2253 writes it, of the certificate that the client has shown and that was verified. */
  readonly certificateSubject?: string | undefined;
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
