import type { Bounds } from './bounds/bounds.ts';
import type { Config } from './config/config.ts';
import type { AuditSink } from './ports/audit-sink.ts';
import type { Clock } from './ports/clock.ts';
import type { Disk } from './ports/disk.ts';
import type { Entropy } from './ports/entropy.ts';
import type { Fatal } from './ports/fatal.ts';
import type { Logger } from './ports/logger.ts';
import type { Scheduler } from './ports/scheduler.ts';
import type { Transport } from './ports/transport.ts';
import type { Build } from './replica/build.ts';
import type { Checkpoints } from './replica/leader/checkpoints.ts';
import type { Restores } from './replica/leader/restores.ts';
import type { OutdatedVoices } from './replica/membership/outdated-voices.ts';
import type { MemberQuestions } from './replica/peers/member-questions.ts';
import type { ReconfigRequests } from './replica/reconfig-requests.ts';
import type { Replica } from './replica/replica.ts';
import type { Snapshots } from './replica/snapshots.ts';
import type { StateMachine } from './replica/state-machine.ts';
import type { MemberIdentity } from './storage/recovered.ts';
import { isClosed } from './storage/storage-error.ts';
import type { StorageOptions } from './storage/storage-options.ts';

export interface MemberParts {
  readonly config: Config;
  /** What it makes of the log: that of the product, or in tests the one of a neighbouring release. */
  readonly build: Build;
  /** Of `boundsOf(config)`; the simulator makes some of them tiny. */
  readonly bounds: Bounds;
  readonly disk: Disk;
  readonly storage: StorageOptions;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly entropy: Entropy;
  readonly log: Logger;
  /** Without it nothing is audited. */
  readonly audit?: AuditSink;
  readonly fatal: Fatal;
}

/** What exists once Raft runs. */
export interface RunningReplica {
  readonly identity: MemberIdentity;
  readonly replica: Replica;
  readonly machine: StateMachine;
  readonly snapshots: Snapshots;
  readonly checkpoints: Checkpoints;
  readonly restores: Restores;
  readonly outdated: OutdatedVoices;
  readonly reconfigs: ReconfigRequests;
  readonly questions: MemberQuestions;
}

/** Nobody but the member itself closes its storage, when it stops or joins anew: that what waits still is refused then is no fault. */
export function unlessClosed(fatal: Fatal): Fatal {
  return (error) => {
    if (!isClosed(error)) fatal(error);
  };
}
