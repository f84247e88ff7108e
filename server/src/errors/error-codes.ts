/**
 * The codes of every error that this program throws or answers with, but those of ZooKeeper's protocol (`@rookery/protocol`) and of Raft
 * (`raft-ts-lite`). Stable: callers match codes, never messages.
 */

/** Of errors after which the member does not go on, and of what other members send. */
export const MemberErrorCode = {
  /** A setting that it must not start with. */
  configuration: 'configuration',
  /** The data are those of another member. */
  wrongServerId: 'wrong-server-id',
  /** The data are those of another cluster. */
  wrongCluster: 'wrong-cluster',
  /** What is stored cannot be used. */
  unusableData: 'unusable-data',
  /** The ensemble is at a feature level that this build does not run. */
  unrunnableLevel: 'unrunnable-level',
  /** The ensemble was recovered by force, without this member. */
  formerEnsemble: 'former-ensemble',
  /** Its tree differs from a majority's. */
  diverged: 'diverged',
  /** Stored bytes passed their checksum and yet do not decode. */
  malformedField: 'malformed-field',
  /** The caller broke the contract of storage. */
  storageInvariant: 'storage-invariant',
  /** A frame to a member that is longer than any may be. */
  oversizedFrame: 'oversized-frame',
  /** A member sent what is no message. */
  peerProtocol: 'peer-protocol',
  /** A member speaks a version that this one does not know. */
  peerVersion: 'peer-version',
  /** A key store or trust store cannot be read or used. */
  store: 'store',
} as const;

/** Of StorageError. */
export const StorageErrorCode = {
  /** Another process uses the data folder. */
  locked: 'locked',
  /** Data that was durable cannot be read back: file and offset are named. The member is to be rebuilt as a new one. */
  damaged: 'damaged',
  /** Written by a version of the program that this one does not know. */
  unknownFormat: 'unknown-format',
  /** A write or sync failed: what is on disk is unknown. Nothing is tried again; every later call fails with the same error. */
  failed: 'failed',
  /**
   * No room on the disk, or no file descriptor. Nothing of the call was made, of a Write at most term and vote; the same call may be made
   * again later.
   */
  full: 'full',
  /** A piece of a snapshot came that does not continue the one under way. */
  snapshotGap: 'snapshot-gap',
  /** A received snapshot is not what its sender promised; it was thrown away. */
  snapshotDamaged: 'snapshot-damaged',
  /** Storage was closed. */
  closed: 'closed',
} as const;
export type StorageErrorCode = (typeof StorageErrorCode)[keyof typeof StorageErrorCode];

/** Why leadership was not handed over. */
export const TransferRefusal = {
  notLeader: 'not-leader',
  unknownMember: 'unknown-member',
  alreadyLeader: 'already-leader',
  notVoter: 'not-voter',
  notConnected: 'not-connected',
  cannotWrite: 'cannot-write',
  inProgress: 'transfer-in-progress',
  timedOut: 'timed-out',
} as const;
export type TransferRefusal = (typeof TransferRefusal)[keyof typeof TransferRefusal];

/** Why the membership was not changed. */
export const MembershipRefusal = {
  notLeader: 'not-leader',
  unknownMember: 'unknown-member',
  /** The configuration files decide on it. */
  byFile: 'membership-by-file',
  /** The configuration in force is another one than the caller saw. */
  staleConfiguration: 'stale-configuration',
  /** Another change has not come to its end, or a leader has just begun or is about to hand over: asked again a moment later it may be done. */
  busy: 'membership-busy',
  alreadyMember: 'already-member',
  alreadyVoter: 'already-voter',
  alreadyLearner: 'already-learner',
  notCaughtUp: 'not-caught-up',
  /** It would take the last vote, or leave no majority of voters that are there and have caught up. */
  noQuorum: 'no-quorum',
  tooManyMembers: 'too-many-members',
  /** It was added to prove a version. */
  provesVersion: 'proves-a-version',
  /** It was proposed, and whether it will be made is not known. */
  outcomeUnknown: 'outcome-unknown',
} as const;
export type MembershipRefusal = (typeof MembershipRefusal)[keyof typeof MembershipRefusal];

/** Why the feature level was not raised. */
export const FeatureLevelRefusal = {
  notLeader: 'not-leader',
  /** Levels are raised one by one, and never lowered. */
  notNext: 'not-the-next-level',
  /** The configuration names a member that is not there now: nobody knows what it will be when it comes back. */
  memberAway: 'member-away',
  /** A member is of a build that does not run the level. */
  memberTooOld: 'member-too-old',
  /** A change of the membership is under way, or a leader has just begun: asked again a moment later it may be done. */
  busy: 'membership-busy',
  /** It was proposed, and whether it will be raised is not known. */
  outcomeUnknown: 'outcome-unknown',
} as const;
export type FeatureLevelRefusal = (typeof FeatureLevelRefusal)[keyof typeof FeatureLevelRefusal];

/** Why no new cluster was made of one member. */
export const ForceRefusal = {
  /** Another member is asked than the one that is meant, or the data are those of another one. */
  otherMember: 'other-member',
  noData: 'no-data',
  leaderThere: 'leader-there',
  /** No leader is there, and one can be elected. */
  quorumThere: 'quorum-there',
  /** Its last entry is not the one that the caller saw. */
  otherLog: 'other-log',
  /** Its own log does not name it, or it only proves a version. */
  notAMember: 'not-a-member',
  /** Its ensemble was recovered by force without it. */
  formerEnsemble: 'former-ensemble',
  noRoom: 'no-room',
} as const;
export type ForceRefusal = (typeof ForceRefusal)[keyof typeof ForceRefusal];

/** Why no checkpoint was logged. */
export const CheckpointRefusal = {
  notLeader: 'not-leader',
  /** A leader has just begun: asked again a moment later it may be done. */
  busy: 'membership-busy',
  /** It was proposed, and whether it will be logged is not known. */
  outcomeUnknown: 'outcome-unknown',
} as const;
export type CheckpointRefusal = (typeof CheckpointRefusal)[keyof typeof CheckpointRefusal];

/** Of answers over HTTP that are no success, besides those of the refusals above. */
export const HttpRefusal = {
  badRequest: 'bad-request',
  unauthorized: 'unauthorized',
  forbiddenHost: 'forbidden-host',
  forbiddenOrigin: 'forbidden-origin',
  /** `http.window` does not let callers of /window do it. */
  windowMode: 'window-mode',
  notFound: 'not-found',
  methodNotAllowed: 'method-not-allowed',
  tooLarge: 'too-large',
  unsupportedMediaType: 'unsupported-media-type',
  internal: 'internal',
} as const;

/** Why a member gives no backup of itself. */
export const BackupRefusal = {
  notServing: 'not-serving',
  /** One at a time, and not one after the other without a pause: asked again a moment later there may be one. */
  underWay: 'backup-under-way',
  /** It has not come as far as the caller has. */
  behind: 'member-behind',
  /** The log behind the entry is gone: it has to come with a snapshot. */
  compacted: 'log-compacted',
  /** The entry is another one here than the caller has, as after a forced recovery. */
  otherLog: 'other-log',
  /** None could be taken, most likely for want of room on the disk. */
  noSnapshot: 'no-snapshot',
} as const;
export type BackupRefusal = (typeof BackupRefusal)[keyof typeof BackupRefusal];

/** Of what is asked of the ensemble at the window of one member, besides TransferRefusal. */
export const WindowRefusal = {
  noSession: 'no-session',
  unknownMember: 'unknown-member',
  /** No leader is known that could do it: asked again a moment later there may be one. */
  noLeader: 'no-leader',
  /** Whoever was to do it did not answer: whether it is done is not known. */
  outcomeUnknown: 'outcome-unknown',
  /** This member has not read its data yet. */
  notServing: 'not-serving',
  tooManyRequests: 'too-many-requests',
} as const;
export type WindowRefusal = (typeof WindowRefusal)[keyof typeof WindowRefusal];

/** Of HTTP for programs (/v1), besides the codes of the client: in their form, since programs meet both. */
export const ProgramsRefusal = {
  notServing: 'NOT_SERVING',
  /** A list of children cannot be gone on with where the caller was. */
  cursorLost: 'CURSOR_LOST',
  /** More are to be removed than the caller expects. */
  moreNodes: 'MORE_NODES',
  forbidden: 'FORBIDDEN',
  notFound: 'NOT_FOUND',
  methodNotAllowed: 'METHOD_NOT_ALLOWED',
  unsupportedMediaType: 'UNSUPPORTED_MEDIA_TYPE',
  internal: 'INTERNAL',
} as const;
export type ProgramsRefusal = (typeof ProgramsRefusal)[keyof typeof ProgramsRefusal];

/** Why a question about the past is not answered. */
export const HistoryRefusal = {
  /** `history.retainHours` is 0 here. */
  off: 'history-off',
  /** What is kept here does not reach back to there, or there is a hole. */
  gone: 'history-gone',
  /** That is still to come, or has not come to the disk of this member yet: asked again a moment later it may have. */
  ahead: 'history-ahead',
  /** As many questions are being answered as may be at once. */
  busy: 'history-busy',
  /** There is no memory for a second tree beside that of now. */
  noMemory: 'history-no-memory',
  /** It took longer than an answer may. */
  late: 'history-late',
  damaged: 'history-damaged',
} as const;
export type HistoryRefusal = (typeof HistoryRefusal)[keyof typeof HistoryRefusal];
