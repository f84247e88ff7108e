/**
 * A process may have so many file descriptors and no more, and its connections share them with its files: without a share kept free for these,
 * clients who merely connect would take the one that the next segment of the log needs.
 */

/** Files of the log, snapshots, locks and folders that are synced, and what the runtime itself keeps open. */
const FILE_SHARE = 64;
/** A link, and a second one that is about to take its place. */
const PER_MEMBER = 2;
/** Of what is left, at most so much is for HTTP, and as much for strangers at the peer port. */
const HTTP_FRACTION = 1 / 4;
const STRANGER_FRACTION = 1 / 8;
/** Of the connections of clients, at most so much is for those in their handshakes at one port, and of that as much for one address: whoever stops in the middle leaves room for others. */
const HANDSHAKE_FRACTION = 1 / 4;
/** With fewer a member is not worth starting: it would turn most of its clients away. */
export const MIN_DESCRIPTORS = 128;

/** Connections, each of which takes a descriptor. */
export interface DescriptorWishes {
  /** limits.connections. */
  readonly clients: number;
  readonly http: number;
  readonly httpPerAddress: number;
  /** Connections to the peer port that have not shown yet that a member is at their other end. */
  readonly strangers: number;
  readonly strangersPerAddress: number;
  /** Connections of clients that are not through their handshakes. */
  readonly handshakes: number;
  readonly handshakesPerAddress: number;
}

export interface DescriptorShares extends DescriptorWishes {
  /** For a person, where less was granted than limits.connections; else empty. Names both numbers. */
  readonly remark: string;
}

/**
 * Grants as much as there is room for. Together with files and the links to `members` others it is never above `most`, the process's own
 * limit; -1: not known, and everything is granted. Throws RangeError where `most` is below MIN_DESCRIPTORS.
 */
export function shareDescriptors(wishes: DescriptorWishes, members: number, most: number): DescriptorShares {
  if (most < 0) return { ...wishes, ...handshakeShares(wishes, wishes.clients), remark: '' };
  if (most < MIN_DESCRIPTORS) {
    throw new RangeError(
      `this process may have ${most} file descriptors, and a member needs ${MIN_DESCRIPTORS} at least: raise the limit (ulimit -n, LimitNOFILE of systemd)`,
    );
  }
  const left = most - FILE_SHARE - PER_MEMBER * members;
  const http = Math.min(wishes.http, Math.max(1, Math.floor(left * HTTP_FRACTION)));
  const strangers = Math.min(wishes.strangers, Math.max(1, Math.floor(left * STRANGER_FRACTION)));
  const clients = Math.min(wishes.clients, Math.max(1, left - http - strangers));
  const remark =
    clients === wishes.clients
      ? ''
      : `limits.connections is ${wishes.clients}, but this process may have ${most} file descriptors (ulimit -n, LimitNOFILE of systemd): ` +
        `${clients} clients can connect, the others are kept for files, members and HTTP`;
  return {
    clients,
    http,
    httpPerAddress: Math.min(wishes.httpPerAddress, http),
    strangers,
    strangersPerAddress: Math.min(wishes.strangersPerAddress, strangers),
    ...handshakeShares(wishes, clients),
    remark,
  };
}

function handshakeShares(
  wishes: DescriptorWishes,
  clients: number,
): Pick<DescriptorShares, 'handshakes' | 'handshakesPerAddress'> {
  const quarterOf = (places: number): number => Math.max(1, Math.floor(places * HANDSHAKE_FRACTION));
  const handshakes = Math.min(wishes.handshakes, quarterOf(clients));
  return { handshakes, handshakesPerAddress: Math.min(wishes.handshakesPerAddress, quarterOf(handshakes)) };
}
