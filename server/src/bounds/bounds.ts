/**
 * Every bound on size, number and time that more than one part of a member relies on, in one place, with the relations between
 * them. A part takes its bounds from here by the composition (`member.ts`), so that the simulator can make them tiny; none writes
 * a number of its own that another part must agree with.
 *
 * Between members nothing depends on one member's configuration: `peerFrameBytes` is the same everywhere, so that a member with a larger
 * jute.maxbuffer than the others' can lead them.
 */
import { MAX_FRAME_BYTES, MAX_SNAPSHOT_RECORD_BYTES } from './limits.ts';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

export interface Bounds {
  /** Longest request of a client: client.maxFrameBytes (jute.maxbuffer). */
  readonly requestBytes: number;

  // ── between members
  /** Longest frame that a member takes from another one, length prefix aside. The same on every member. */
  readonly peerFrameBytes: number;
  /** Commands are gathered into one forward frame up to here; a larger one goes alone. */
  readonly forwardFrameBytes: number;
  /** Commands of one member that were handed to a leader and are not applied here yet; one is always handed over. */
  readonly forwardWindowBytes: number;
  /** Entries of one append; a larger one goes alone. */
  readonly appendBytes: number;
  /** Appends under way to one follower, … */
  readonly inflightAppends: number;
  /** … and their bytes: with so many it is sent no further one. One may always be under way. */
  readonly inflightBytes: number;
  /** Frames that the system has not taken yet: a link on which more than this waits is closed. */
  readonly linkBufferBytes: number;
  /**
   * A leader with so much uncommitted takes no proposals until some of it has committed; one is always taken. It is also what a turn of
   * the loop may have to send to each follower and to write, so it is what makes the longest turn.
   */
  readonly uncommittedBytes: number;
  /** Applied and durable entries that stay in memory for followers that are a little behind. */
  readonly logMemoryBytes: number;
  /** A piece of a snapshot in one frame. */
  readonly snapshotChunkBytes: number;
  /** A question that a member asks another one for a person, and the answer: who answers cuts it by rows. */
  readonly askedBytes: number;
  readonly toldBytes: number;
  /** Answers under way to one member: so many questions are asked of it at a time as have room here. */
  readonly toldWindowBytes: number;
  /** A question is given up after so long. */
  readonly questionMs: number;

  // ── one client's connection
  /** Requests that may be owed a reply before no more are read. */
  readonly owedRequests: number;
  /** Bytes of such requests. */
  readonly heldBytes: number;
  /** Replies left unread before no more requests are read. */
  readonly unsentBytes: number;
  /** Replies left unread before the client is sent away. */
  readonly owedBytes: number;
  /** Requests that are kept of a client whose session is not there yet, and their bytes. */
  readonly earlyRequests: number;
  readonly earlyBytes: number;
  /**
   * The answer to one multiRead. A request of a megabyte may name the same large node forty thousand times: what that comes to fits no
   * message and no memory. Far more than clients take, with their own jute.maxbuffer.
   */
  readonly answerBytes: number;

  /** A page of a node's children ends with the child that makes it so long. */
  readonly pageBytes: number;

  // ── all clients of a member together
  /** Writes on their way through the log before no more requests are read. */
  readonly pendingBytes: number;
  /**
   * What is held for all clients together: parts of messages, requests that wait, replies that are not read. Beyond it the greediest
   * are closed. Lowered to a share of the process's memory by `shareMemory`.
   */
  readonly clientMemoryBytes: number;
  /**
   * Work for clients in one turn of the loop, in bytes of replies (a megabyte takes about five milliseconds): beyond it requests
   * wait for the next turn, and heartbeats of the members come between. One reply is never cut.
   */
  readonly turnBytes: number;
  /** A request takes at least as long as so many bytes. */
  readonly turnRequestBytes: number;
  /** Connections that are sent something in one turn. */
  readonly turnSends: number;

  /**
   * Sessions that a leader ends in one of its reviews, ten a second, and those that a new one begins to watch over: so many take some 30
   * milliseconds. Where there are more the others come with the next reviews.
   */
  readonly reviewExpiries: number;

  // ── applying
  /**
   * Steps of applying in one turn of the loop, each about a microsecond: an entry, a change of the tree, an event. Beyond it what is committed
   * waits for the next turn, an entry that was begun included, and heartbeats of the members come between.
   */
  readonly turnSteps: number;
  /** Ephemeral nodes that go with their session before the loop looks whether the turn's steps are spent. */
  readonly pieceNodes: number;

  // ── disk
  /** A Write that is larger gets a segment of its own size. */
  readonly segmentBytes: number;
  /** One node or session in a snapshot: what is longer is damage. */
  readonly snapshotRecordBytes: number;
  /** Segments that are kept free, beside room for one more snapshot. */
  readonly reservedSegments: number;

  // ── numbers of requests
  /**
   * Numbers that come with each opening of the data folder, for requests and reads of that life. On disk and in logs of all releases: not to
   * be changed.
   */
  readonly bootNumbers: number;
  /** Below this many nothing more is begun that takes one, until those of the next opening are reserved. */
  readonly spareNumbers: number;

  // ── who keeps failing to prove who it is
  /** Networks whose failures are remembered: addresses of IPv4, and the first 64 bits of those of IPv6. */
  readonly proofNetworks: number;
  /** Failures that cost nothing: people mistype, and clients come back with sessions of a former cluster. */
  readonly freeProofFailures: number;
  /** After so long one failure is forgotten. */
  readonly proofFailureMs: number;
  /** What one more failure adds to the wait of the network's next proof, … */
  readonly proofDelayStepMs: number;
  /** … and the longest wait: clients give up a connection that is not answered for a third of their session's timeout. */
  readonly proofDelayMs: number;

  // ── HTTP for programs (/v1), and the tree in the window
  /** Requests under way, up to the last byte of their answers, and those of one address: beyond them callers are told to come again. */
  readonly httpRequests: number;
  readonly httpRequestsPerAddress: number;
  /** Bodies of such requests that are taken at a time. */
  readonly httpBodyBytes: number;
  /** A body has to have come within so long. */
  readonly httpBodyMs: number;
  /** A caller who takes nothing of its answer for so long is given up. */
  readonly httpPatienceMs: number;
  /** Watches, and those of one address. */
  readonly httpWatches: number;
  readonly httpWatchesPerAddress: number;
  /** Walks through a subtree for the window, each of which is among the watches as well, and those of one address. */
  readonly httpWalks: number;
  readonly httpWalksPerAddress: number;
  /** An export that is brought to be imported, as it comes. */
  readonly httpImportBytes: number;
  /** Changes that wait for the reader of a watch: beyond them it is told that it missed some. */
  readonly httpWatchChanges: number;
  /** So often a watch over which nothing is told shows that it is alive. */
  readonly httpHeartbeatMs: number;
  /** Sessions in whose names callers ask, one for each set of identities. The longest idle one ends for a newcomer. */
  readonly httpSessions: number;
  /** One in whose name nobody asks for so long ends. */
  readonly httpSessionIdleMs: number;
  /** Children in a page, at most. */
  readonly httpPageChildren: number;

  // ── the window (/window)
  /** Requests under way for which other members are asked. */
  readonly windowRequests: number;
  /** Sessions in a page, at most. */
  readonly windowPageSessions: number;
  /** What was asked so shortly before is not asked again: whoever looks meanwhile is told the same. */
  readonly windowFreshMs: number;

  // ── its end
  /** A drain that no stop has followed for so long wears off. Longer than the time that the operator gives a pod to stop. */
  readonly drainMs: number;

  // ── file descriptors; `shareDescriptors` lowers these to what the process may have
  /** Connections to HTTP, and those of one address: beyond them the longest idle one is closed. */
  readonly httpConnections: number;
  readonly httpConnectionsPerAddress: number;
  /** Connections to each client port that are not through their TLS handshakes, and those of one address. */
  readonly handshakes: number;
  readonly handshakesPerAddress: number;
  /** Connections to the peer port that have not shown yet that a member is at their other end, and those of one address. */
  readonly strangers: number;
  readonly strangersPerAddress: number;
}

/** What the configuration decides. */
export interface BoundsSource {
  readonly client: { readonly maxFrameBytes: number };
}

/** What a frame has beside its largest part: headers of a command and an entry, or a snapshot's configuration. */
export const FRAME_ROOM_BYTES = MEBIBYTE;

export function boundsOf(config: BoundsSource): Bounds {
  const requestBytes = config.client.maxFrameBytes;
  return {
    requestBytes,
    peerFrameBytes: MAX_FRAME_BYTES + FRAME_ROOM_BYTES,
    forwardFrameBytes: MEBIBYTE,
    forwardWindowBytes: 16 * MEBIBYTE,
    appendBytes: MEBIBYTE,
    inflightAppends: 64,
    inflightBytes: 16 * MEBIBYTE,
    linkBufferBytes: 128 * MEBIBYTE,
    uncommittedBytes: 16 * MEBIBYTE,
    logMemoryBytes: 2 * MEBIBYTE,
    snapshotChunkBytes: 256 * KIBIBYTE,
    askedBytes: 32 * KIBIBYTE,
    toldBytes: 256 * KIBIBYTE,
    toldWindowBytes: 8 * MEBIBYTE,
    questionMs: 2_000,
    owedRequests: 2_000,
    heldBytes: 4 * MEBIBYTE,
    unsentBytes: 4 * MEBIBYTE,
    owedBytes: 64 * MEBIBYTE,
    earlyRequests: 100,
    earlyBytes: MEBIBYTE,
    answerBytes: 16 * MEBIBYTE,
    pageBytes: MEBIBYTE,
    pendingBytes: Math.max(64 * MEBIBYTE, requestBytes + FRAME_ROOM_BYTES),
    clientMemoryBytes: Math.max(256 * MEBIBYTE, requestBytes + FRAME_ROOM_BYTES),
    turnBytes: MEBIBYTE,
    turnRequestBytes: 256,
    turnSends: 1_000,
    reviewExpiries: 10_000,
    turnSteps: 10_000,
    pieceNodes: 500,
    segmentBytes: 64 * MEBIBYTE,
    snapshotRecordBytes: MAX_SNAPSHOT_RECORD_BYTES,
    reservedSegments: 2,
    bootNumbers: 2 ** 31,
    spareNumbers: 2 ** 20,
    proofNetworks: 10_000,
    freeProofFailures: 10,
    proofFailureMs: 6_000,
    proofDelayStepMs: 100,
    proofDelayMs: 1_000,
    httpRequests: 64,
    httpRequestsPerAddress: 32,
    httpBodyBytes: Math.max(64 * MEBIBYTE, 2 * requestBytes + FRAME_ROOM_BYTES),
    httpBodyMs: 30_000,
    httpPatienceMs: 60_000,
    httpWatches: 128,
    httpWatchesPerAddress: 32,
    httpWalks: 8,
    httpWalksPerAddress: 2,
    httpImportBytes: Math.max(1024 * MEBIBYTE, 2 * requestBytes),
    httpWatchChanges: 256,
    httpHeartbeatMs: 15_000,
    httpSessions: 256,
    httpSessionIdleMs: 60_000,
    httpPageChildren: 1_000,
    windowRequests: 24,
    windowPageSessions: 1_000,
    windowFreshMs: 500,
    drainMs: 120_000,
    httpConnections: 256,
    httpConnectionsPerAddress: 64,
    handshakes: 512,
    handshakesPerAddress: 128,
    strangers: 128,
    strangersPerAddress: 32,
  };
}
