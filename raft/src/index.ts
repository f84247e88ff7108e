export {
  blankSnapshot,
  decodeConfiguration,
  emptyConfiguration,
  encodeConfiguration,
  isMember,
  isVoter,
  membersOf,
  votersOf,
} from './configuration.ts';
export { InvalidOption, type InvariantCode, InvariantViolation, MalformedConfiguration } from './errors.ts';
export {
  aloneBy,
  FORCED_TERM_LEAD,
  type ForcedCluster,
  forceNewCluster,
  type Kinship,
  kinship,
  newestRecovery,
  type Survivor,
} from './force.ts';
export {
  type Append,
  type AppendResponse,
  type Heartbeat,
  type HeartbeatResponse,
  isPlausibleTerm,
  type LogStatus,
  MAX_TERM,
  MAX_TERM_LEAD,
  type Message,
  MessageType,
  type ReadIndex,
  type ReadIndexResponse,
  type SnapshotChunk,
  type SnapshotResponse,
  type TimeoutNow,
  type VoteRequest,
  type VoteResponse,
} from './messages.ts';
export type { RaftOptions, StoredEntries, TermRun } from './options.ts';
export { ProgressState } from './progress.ts';
export { isQuorum } from './quorum.ts';
export { Raft } from './raft.ts';
export { MAX_PENDING_READS } from './read-index.ts';
export type * from './ready.ts';
export * from './types.ts';
