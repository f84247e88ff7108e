import { Raft } from 'raft-ts-lite';
import type { MemberParts } from './member-parts.ts';
import { genesisLevel } from './replica/membership/membership.ts';
import { recoveredLog } from './replica/recovered-log.ts';
import { Snapshots } from './replica/snapshots.ts';
import type { StateMachine } from './replica/state-machine.ts';
import type { PeerTiming } from './replica/timing.ts';
import type { MemberIdentity, Recovered } from './storage/recovered.ts';
import type { Storage } from './storage/storage.ts';

/** What the disk holds, in memory: the state as of the newest snapshot, and Raft, which reads the log behind that. */
export interface RestoredState {
  readonly machine: StateMachine;
  readonly snapshots: Snapshots;
  readonly raft: Raft;
}

/** Throws UnusableData where this build cannot go on with it. */
export async function restoreState(
  parts: MemberParts,
  timing: PeerTiming,
  { storage, recovered, identity }: { storage: Storage; recovered: Recovered; identity: MemberIdentity },
): Promise<RestoredState> {
  const { config, entropy, bounds } = parts;
  const { pieceNodes } = bounds;
  const machine = parts.build.newMachine(identity.genesis, { hashSeed: entropy.uint32(), pieceNodes });
  machine.featureLevel = genesisLevel(identity.genesis);
  const snapshots = new Snapshots({
    ...parts,
    storage,
    machine,
    everyEntries: config.snapshotEveryEntries,
    everyBytes: config.snapshotEveryBytes,
    chunkBytes: bounds.snapshotChunkBytes,
  });
  if (recovered.snapshot !== undefined) await snapshots.load();
  else machine.mustRun(machine.featureLevel);
  const { genesis } = identity;
  const base = recovered.snapshot?.meta ?? { index: genesis.index, term: 0, configuration: genesis };
  const raft = new Raft({
    id: identity.raftId,
    seed: entropy.uint32(),
    ...timing.raft,
    snapshot: base,
    ...recoveredLog(recovered, base),
  });
  return { machine, snapshots, raft };
}
