/** Links to the other members, by server id. A link carries frames in order while it is up; when it breaks, what was under way may be lost. */
export interface Transport {
  /** Hands over whole frames (each with its length prefix), the bytes of one turn at a time; dropped where the link is down. The buffer is not used again by the caller. */
  send(serverId: number, frames: Uint8Array): void;
  /** Bytes that were handed over for this link and that the system has not taken yet. */
  bufferedBytes(serverId: number): number;
  /** Breaks the link: both sides see it go down, and it is dialled again later; less and less often while what comes over it is refused. */
  disconnect(serverId: number, why?: 'refused'): void;
  /** Asks for links to exactly these peers. Called again when the membership changes. */
  connectTo(peers: readonly PeerAddress[]): void;
}

export interface PeerAddress {
  readonly serverId: number;
  readonly host: string;
  readonly port: number;
}

/** What a transport tells the member. */
export interface TransportEvents {
  /** `address`: of the other end, for people, where there is one. `version`: of the members' protocol, that both ends speak; absent: this build's. */
  linkUp(serverId: number, address?: string, version?: number): void;
  linkDown(serverId: number): void;
  /** Bytes as they come: not aligned to frames. The member may keep views of the chunk. */
  received(serverId: number, chunk: Uint8Array): void;
}
