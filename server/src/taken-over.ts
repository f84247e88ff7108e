/** A new cluster, of one member, out of what an Apache ZooKeeper held: its files, or what a learner of it holds. */
import { SECRET_BYTES, writeNewData } from './backup/new-data.ts';
import type { Config } from './config/config.ts';
import { wantedMember } from './member-addresses.ts';
import { FORMER_SESSIONS_BELOW, formerSessionId } from './model/former-session.ts';
import { asZxid } from './model/ids.ts';
import { systemClock, systemEntropy } from './platform/machine.ts';
import { THIS_BUILD } from './replica/build.ts';
import type { StateMachine } from './replica/state-machine.ts';
import type { ZookeeperState } from './zookeeper-log/state.ts';

/** Who the members are is said where the data are written. */
const GENESIS = { index: 1, voters: [], outgoing: [], learners: [], contexts: new Map() };
/** Of what came over: of no attachment that a connection has. */
export const ATTACHED = 1;

/** Of a cluster that is to begin: what its sessions' ids and passwords are made with. */
export class NewCluster {
  readonly #secret = systemEntropy.bytes(SECRET_BYTES);

  /** What a session of ZooKeeper's is called in it. */
  readonly sessionId = (high: number, low: number): number =>
    formerSessionId(high, low, (bytes) => systemEntropy.hmac(this.#secret, bytes));

  /** Makes the configured folders its first member's data: all of it, or nothing. Throws BackupFault. */
  async write(config: Config, state: ZookeeperState): Promise<void> {
    const self = config.members.find(({ serverId }) => serverId === config.serverId)!;
    await writeNewData(config, wantedMember(self), machineOf(state), this.#secret);
  }
}

/** All that comes later is beyond what any client of ZooKeeper's has seen, and beyond the ids of its sessions. */
export function firstZxid({ zxid }: Pick<ZookeeperState, 'zxid'>): number {
  return Math.max(zxid, FORMER_SESSIONS_BELOW);
}

function machineOf(state: ZookeeperState): StateMachine {
  const machine = THIS_BUILD.newMachine(GENESIS, {});
  machine.begin(state.tree, state.sessions, asZxid(firstZxid(state)), systemClock.wallMs());
  return machine;
}
