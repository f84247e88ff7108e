/** What may be wrong with a snapshot. */
export const SnapshotFault = {
  /** It is no snapshot, or one of another version. */
  unknownFormat: 'unknown-format',
  /** It ends too early, or goes on behind its end. */
  incomplete: 'incomplete',
  /** A record that cannot be. */
  malformed: 'malformed',
  /** Two nodes with one path, or two sessions with one id. */
  duplicate: 'duplicate',
  /** A node without its parent. */
  orphan: 'orphan',
  /** Other numbers of nodes, ACLs or sessions than the header says. */
  wrongCount: 'wrong-count',
  /** Everything fits, and yet it is not what was written. */
  wrongDigest: 'wrong-digest',
} as const;
export type SnapshotFault = (typeof SnapshotFault)[keyof typeof SnapshotFault];
