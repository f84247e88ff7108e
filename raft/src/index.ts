export {
  blankSnapshot,
  decodeConfiguration,
  emptyConfiguration,
  encodeConfiguration,
} from './configuration.ts';
export { InvalidOption, type InvariantCode, InvariantViolation, MalformedConfiguration } from './errors.ts';
export * from './messages.ts';
export type { RaftOptions, StoredEntries, TermRun } from './options.ts';
export { ProgressState } from './progress.ts';
export { isMember, isVoter, membersOf, votersOf } from './quorum.ts';
export { Raft } from './raft.ts';
export { MAX_PENDING_READS } from './read-index.ts';
export type * from './ready.ts';
export type * from './results.ts';
export * from './types.ts';
export { isPlausibleTerm, MAX_TERM, MAX_TERM_LEAD } from './well-formed.ts';
