import { THIS_BUILD } from './replica/build.ts';
import { genesisLevel } from './replica/membership/membership.ts';
import type { StateMachine } from './replica/state-machine.ts';
import { JOIN_ANEW, UnusableData } from './replica/unusable-data.ts';
import { adoptLoaded, applyWhole } from './replica/whole.ts';
import type { MemberData } from './storage/force-member.ts';
import type { MemberIdentity, StoredSnapshot } from './storage/recovered.ts';
import { Storage } from './storage/storage.ts';

const READ_BYTES = 4 * 1024 * 1024;

export interface StoppedState {
  readonly identity: MemberIdentity;
  readonly machine: StateMachine;
}

/**
 * What a stopped member has: all of its log, as if it led when it starts next. undefined: there are no data of a member. Rejects with StorageError or
 * UnusableData where they cannot be read.
 */
export async function stoppedState(data: MemberData, hashSeed: number): Promise<StoppedState | undefined> {
  const { storage, recovered } = await Storage.open(data.disk, data.storage);
  try {
    const { identity, snapshot, lastIndex } = recovered;
    if (identity === undefined) return undefined;
    const machine = THIS_BUILD.newMachine(identity.genesis, { hashSeed });
    machine.beginAt(genesisLevel(identity.genesis));
    if (snapshot !== undefined) await load(machine, snapshot);
    while (machine.appliedIndex < lastIndex) await applyMore(machine, storage);
    return { identity, machine };
  } finally {
    await storage.close();
  }
}

async function load(machine: StateMachine, stored: StoredSnapshot): Promise<void> {
  const loader = machine.newLoader();
  for await (const chunk of stored.read()) loader.feed(chunk);
  const fault = adoptLoaded(machine, loader, stored.meta, stored.digest);
  if (fault !== undefined)
    throw new UnusableData(`the snapshot at ${stored.meta.index} cannot be read (${fault}): ${JOIN_ANEW}`);
}

async function applyMore(machine: StateMachine, storage: Storage): Promise<void> {
  const answer = await storage.readEntries(machine.appliedIndex + 1, READ_BYTES);
  if (answer.compacted)
    throw new UnusableData(`entry ${machine.appliedIndex + 1} of the log is missing: ${JOIN_ANEW}`);
  for (const entry of answer.entries) applyWhole(machine, entry);
}
