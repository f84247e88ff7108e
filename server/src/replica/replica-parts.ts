import type { NodeId, Raft } from 'raft-ts-lite';
import type { Bounds } from '../bounds/bounds.ts';
import type { Clock } from '../ports/clock.ts';
import type { Fatal } from '../ports/fatal.ts';
import type { Logger } from '../ports/logger.ts';
import type { Scheduler } from '../ports/scheduler.ts';
import type { Storage } from '../storage/storage.ts';
import type { NumberRange } from './number-range.ts';
import type { OwnCommandsWitness } from './own-commands.ts';
import type { Links } from './peers/links.ts';
import type { Snapshots } from './snapshots.ts';
import type { Applied, StateMachine } from './state-machine.ts';
import type { Steps } from './steps.ts';

/** What the loop tells those who serve clients. */
export interface ReplicaEvents {
  /** Commands are about to be applied. */
  applying(): void;
  /**
   * A command changed the tree: watchers hear of it before anybody is answered from the new state. Tells of the changes from `from` on, of one at
   * least and no more than `steps` allow; returns the first that was not told.
   */
  changed(result: Applied, from: number, steps: Steps): number;
  /** Whether the state is in the middle of an entry, or watchers are: nobody is to be answered from it. */
  held(isHeld: boolean): void;
  /** The state jumped to a snapshot's: what happened in between is not known here. */
  overtaken(): void;
  /** A command was applied here; the request that it answers, where it was this member's, has been told already. */
  commandApplied(result: Applied): void;
  /** Replies and events of this turn go out. */
  flush(): void;
  /** The turn is over: clients' work that was put off goes on. */
  turned(): void;
  /** A configuration was committed. */
  configured(): void;
  /** Leader, term or role changed. */
  leadershipChanged(raft: Pick<Raft, 'role' | 'term' | 'leader'>): void;
}

export interface ReplicaParts {
  readonly raft: Raft;
  readonly raftId: NodeId;
  readonly machine: StateMachine;
  readonly storage: Storage;
  readonly snapshots: Snapshots;
  readonly links: Links;
  /** For tokens and requests. */
  readonly numbers: NumberRange;
  readonly bounds: Pick<Bounds, 'forwardFrameBytes' | 'forwardWindowBytes' | 'turnSteps' | 'pieceNodes'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly fatal: Fatal;
  readonly events: ReplicaEvents;
  /** Told of what this member brings about; undefined: nobody wants to hear of it. */
  readonly witness: OwnCommandsWitness | undefined;
  /** Between two calls of `tick`. */
  readonly tickMs: number;
}
