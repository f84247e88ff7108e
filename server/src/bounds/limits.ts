/**
 * What settings may be at least and at most, and what they are where nobody says. What is refused because of one of the limits is
 * refused before it is proposed, so that members never disagree about it.
 */

/** The client protocol carries session timeouts as signed 32-bit milliseconds. */
export const MAX_TIMEOUT_MS = 2_147_483_647;

/** The one that is used, and the one that comes or goes while members are changed over. */
export const MAX_JOIN_SECRETS = 2;

/** The one that is used, and the one that comes or goes while callers are changed over. */
export const MAX_ADMIN_TOKENS = 2;

/** Lines of the file of bearer tokens: it is read in one turn of the loop. */
export const MAX_BEARER_LINES = 1_000;
/** Of one token. With the longest ids they take half of what a session may have: the other half is for what a caller shows. */
export const MAX_BEARER_IDENTITIES = 16;
export const MAX_BEARER_ID_BYTES = 480;

/** A member that dials another one gives up when nothing comes for so long: longer than the longest `proofDelayMs`, or the delay would keep it out. */
export const PEER_ANSWER_MS = 2_000;
/** Who connects to the peer port has so long to say who it is, delay included, and so long again to say hello. */
export const PEER_GREETING_MS = 5_000;

export const MIN_TICK_TIME_MS = 10;
export const MAX_TICK_TIME_MS = 3_600_000;
/** initLimit and syncLimit. */
export const MAX_LIMIT_TICKS = 100_000;

/** ZooKeeper's own range for myid. */
export const MIN_SERVER_ID = 1;
export const MAX_SERVER_ID = 255;
/** Beyond 7 voters each write waits for more disks and nothing is gained; 9 lets an existing ensemble move in. */
export const MAX_VOTERS = 9;
export const MAX_MEMBERS = 64;
/** It stands in one byte of a command. */
export const MAX_FEATURE_LEVEL = 255;

/** jute.maxbuffer: 0xfffff, as ZooKeeper's default. */
export const DEFAULT_FRAME_BYTES = 1_048_575;
/** The connect request, a path of some length and its ACL fit. */
export const MIN_FRAME_BYTES = 1024;
/** One write is one log entry: it has to fit one message between members and one log segment. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * The log grows by so much before a snapshot is due, or by as much as the tree holds where that is more: it bounds what a start has to
 * replay, and what the log takes of the disk.
 */
export const DEFAULT_SNAPSHOT_EVERY_BYTES = 64 * 1024 * 1024;
export const MIN_SNAPSHOT_EVERY_BYTES = 64 * 1024;
export const MAX_SNAPSHOT_EVERY_BYTES = 2 ** 40;

/** Of the tree, far below what its slots (2^31) allow: the same on every member, where all must decide alike. */
export const MAX_NODES = 16_000_000;
/**
 * What one entry may remove of nodes that it does not name, and the bytes of their paths, which are kept until watchers have heard of them: about what a turn may apply. The
 * same on every member, too.
 */
export const MAX_REMOVED_NODES = 10_000;
export const MAX_REMOVED_PATH_BYTES = 4 * 1024 * 1024;
/** Of a list of all that is below a node. */
export const MAX_LISTED_NODES = 100_000;
/** Of one node or session in a snapshot: what is longer is no record but damage. */
export const MAX_SNAPSHOT_RECORD_BYTES = 256 * 1024 * 1024;

export interface Limits {
  /** Open client connections of this member. */
  readonly connections: number;
  /** Sessions of the whole ensemble. */
  readonly sessions: number;
  /** Znodes. */
  readonly nodes: number;
  /** Paths watched times watchers, on this member. */
  readonly watches: number;
  /** Requests read from clients of this member and not yet answered. */
  readonly outstandingRequests: number;
  /** Paths, data and bookkeeping of the tree in memory. */
  readonly treeBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  connections: 50_000,
  sessions: 1_000_000,
  nodes: MAX_NODES,
  watches: 10_000_000,
  outstandingRequests: 100_000,
  treeBytes: 8 * 1024 * 1024 * 1024,
};

export const LIMIT_CEILINGS: Limits = {
  connections: 1_000_000,
  sessions: 10_000_000,
  nodes: MAX_NODES,
  watches: 16_000_000,
  outstandingRequests: 10_000_000,
  treeBytes: 1024 * 1024 * 1024 * 1024,
};
