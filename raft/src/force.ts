/**
 * A new cluster out of one member, where the majority of the former one is lost for good. Nothing of it goes over the network: the
 * survivor's own log gets one more entry, a configuration of which it is the only voter, so that this commits by itself.
 *
 *   log of the survivor   … committed │ perhaps committed │ forced configuration of a new term
 *                           └──────────── all kept ──────────┘
 *
 * What is not known to be committed may have been acknowledged, and is kept. What only the others had is lost. Should they come back
 * they are a majority of the former configuration still, and Raft alone cannot tell them from this cluster: whoever carries messages
 * lets none pass between members whose recoveries differ (`kinship`).
 */
import { encodeConfiguration } from './configuration.ts';
import type { Write } from './ready.ts';
import { type Configuration, EntryKind, type HardState, type NodeId, type Recovery } from './types.ts';

/**
 * So far above the newest term that the survivor saw begins the one of its new cluster: what is left of the former one holds fewer elections,
 * and so no entry of it has index and term of one of these.
 */
export const FORCED_TERM_LEAD = 2 ** 20;

/** What the disk of a stopped member holds. */
export interface Survivor {
  readonly id: NodeId;
  readonly hardState: HardState;
  readonly lastIndex: number;
  /** The newest of its log, committed or not. */
  readonly configuration: Configuration;
  /** The newest that it knows of; undefined: none. */
  readonly recovery: Recovery | undefined;
}

export interface ForcedCluster {
  readonly recovery: Recovery;
  readonly configuration: Configuration;
  /** To be made durable while the member is stopped: before, it is a member of the former cluster, and then of the new one. */
  readonly write: Write;
}

/** undefined: its own log does not name the member, so that it has not even caught up to the entry that added it. */
export function forceNewCluster(survivor: Survivor): ForcedCluster | undefined {
  const { id, hardState, lastIndex, configuration: former } = survivor;
  const context = former.contexts.get(id);
  if (context === undefined) return undefined;
  const index = lastIndex + 1;
  const term = hardState.term + FORCED_TERM_LEAD;
  const recovery = { number: (survivor.recovery?.number ?? 0) + 1, survivor: id, index, term };
  const configuration: Configuration = {
    index,
    voters: [id],
    outgoing: [],
    learners: [],
    contexts: new Map([[id, context]]),
    recovery,
  };
  const entry = { index, term, kind: EntryKind.configuration, data: encodeConfiguration(configuration) };
  // The vote is the member's own: of this term it is the leader, and nobody else ever is.
  const write = { snapshot: undefined, hardState: { term, vote: id }, entries: [entry], clearSuspect: false };
  return { recovery, configuration, write };
}

/**
 * How another member stands to this one, as the recoveries of the two tell. Only between `same` may messages pass: `former` is from before the
 * recovery of this one, `later` the reverse, and of `rival` each came out of a recovery of its own, as both were forced.
 */
export type Kinship = 'same' | 'former' | 'later' | 'rival';

export function kinship(own: Recovery | undefined, other: Recovery | undefined): Kinship {
  const [ours, theirs] = [own?.number ?? 0, other?.number ?? 0];
  if (ours !== theirs) return ours > theirs ? 'former' : 'later';
  const isSame =
    own?.survivor === other?.survivor && own?.index === other?.index && own?.term === other?.term;
  return isSame ? 'same' : 'rival';
}

/** A member that catches up goes through configurations of before, and is of its cluster all the same. */
export function newestRecovery(recoveries: Iterable<Recovery | undefined>): Recovery | undefined {
  let newest: Recovery | undefined;
  for (const each of recoveries) if (each !== undefined && each.number > (newest?.number ?? 0)) newest = each;
  return newest;
}

/** The forced recovery by which the member is the only voter; undefined: it is not, or not by one. Learners may have come since. */
export function aloneBy({ voters, outgoing, recovery }: Configuration, id: NodeId): Recovery | undefined {
  const isAlone = voters.length === 1 && voters[0] === id && outgoing.length === 0;
  return isAlone && recovery?.survivor === id ? recovery : undefined;
}
