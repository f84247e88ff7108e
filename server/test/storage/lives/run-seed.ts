import { type DiskSchedule, soon } from '../../../sim/disk/disk-call.ts';
import type { CallFate, DiskCall } from '../../../sim/disk/faults.ts';
import { FaultyVolume } from '../../../sim/disk/faulty-volume.ts';
import { Prng } from '../../../sim/prng.ts';
import type { Storage as StorageClass } from '../../../src/storage/storage.ts';
import { checkRecovered } from './check-recovered.ts';
import { isStorageError, Life, type LifeTotals } from './life.ts';
import { genesis, type MemberState, newMember } from './member-state.ts';
import { clusterId, secret } from './snapshot-content.ts';

export interface SeedTotals extends LifeTotals {
  lives: number;
  crashes: number;
  kills: number;
  failedCalls: number;
  cleanEnds: number;
  endsWhileOpening: number;
  tornTails: number;
  lostNames: number;
  tornFiles: number;
}

export const noTotals = (): SeedTotals => ({
  writes: 0,
  truncations: 0,
  snapshots: 0,
  installs: 0,
  rolls: 0,
  purges: 0,
  reads: 0,
  clearedSuspicions: 0,
  lives: 0,
  crashes: 0,
  kills: 0,
  failedCalls: 0,
  cleanEnds: 0,
  endsWhileOpening: 0,
  tornTails: 0,
  lostNames: 0,
  tornFiles: 0,
});

type End = 'crash' | 'kill' | 'failed' | 'clean';

/**
 * A member's storage through several lives, each ended at some call of the disk: by a crash of the machine, a kill of the process,
 * a failing call, or not at all. What each life finds must be what the one before was promised. Throws where it is not.
 */
export async function runSeed(
  seed: number,
  Storage: typeof StorageClass,
  totals: SeedTotals,
  trace: (line: string) => void = () => undefined,
): Promise<void> {
  const prng = new Prng(seed, 'lives');
  const volume = new FaultyVolume({ prng: prng.fork('disk') });
  /** Undefined: the member may have no identity. */
  let possible: (MemberState | undefined)[] = [undefined];
  let mayBeTorn = false;
  let boots = 0;
  const options = { segmentBytes: 4096, snapRetainCount: 1 + prng.below(3) };

  for (let number = 1; number <= 6; number++) {
    totals.lives++;
    const plan = planEnd(volume, prng, totals, trace);
    const schedule: DiskSchedule = prng.chance(0.3) ? (_delayMs, run) => run() : soon;
    let life: Life | undefined;
    let isIdentityUnderway = false;
    trace(`life ${number}`);

    const work = async (): Promise<'clean'> => {
      const { storage, recovered } = await Storage.open(volume.mount(schedule), options);
      if (recovered.boots <= boots) throw new Error(`opened for time ${recovered.boots} after time ${boots}`);
      boots = recovered.boots;
      let state: MemberState;
      if (recovered.identity === undefined) {
        if (!possible.includes(undefined)) throw new Error('the identity is lost');
        isIdentityUnderway = true;
        await storage.writeIdentity({ clusterId, serverId: 1, raftId: 1, secret, genesis });
        isIdentityUnderway = false;
        state = newMember;
      } else {
        const states = possible.filter((candidate) => candidate !== undefined);
        state = await checkRecovered(storage, recovered, states, mayBeTorn);
        if (recovered.suspect && !states.some((candidate) => candidate.suspect)) totals.tornTails++;
      }
      mayBeTorn = false;
      trace(
        `  opened: ${JSON.stringify({ ...state, entries: state.entries.length })} ${recovered.remarks.join()}`,
      );
      life = new Life(Storage, storage, state, prng.fork(`life ${number}`), totals, trace);
      await life.run(10 + prng.below(40));
      plan.disarm();
      await storage.close();
      return 'clean';
    };

    const end: End = await Promise.race([work(), plan.ended]).catch((error: unknown) => {
      if (!isStorageError(error) || error.code !== 'failed' || !plan.hasFailedCall()) throw error;
      return 'failed';
    });
    plan.disarm();
    if (life === undefined) totals.endsWhileOpening++;
    if (life !== undefined) {
      possible = (life as Life).possible();
      mayBeTorn ||= end !== 'clean' && (life as Life).isWriting;
    } else if (isIdentityUnderway) {
      possible = [undefined, newMember];
    }
    totals.cleanEnds += end === 'clean' ? 1 : 0;
    trace(`  ended: ${end}`);
    if (end === 'failed') {
      // Only the first start makes folders. One that is not durable takes everything in it away, however late: no member gets over that.
      if (plan.hasFailedRootSync() || prng.chance(0.5)) volume.crash();
      else volume.kill();
    }
  }
  totals.crashes += volume.totals.crashes;
  totals.lostNames += volume.totals.lostNames;
  totals.tornFiles += volume.totals.tornFiles;
}

interface EndPlan {
  readonly ended: Promise<End>;
  hasFailedCall(): boolean;
  hasFailedRootSync(): boolean;
  disarm(): void;
}

/** Chooses the call at which the life ends, and how: any call, or an append, which is what matters most. */
function planEnd(
  volume: FaultyVolume,
  prng: Prng,
  totals: SeedTotals,
  trace: (line: string) => void,
): EndPlan {
  const isAnyCall = prng.chance(0.6);
  const countdownFrom = isAnyCall ? 1 + prng.below(prng.chance(0.2) ? 40 : 400) : 1 + prng.below(30);
  const how = prng.pick(['crash', 'crash', 'kill', 'fail'] as const);
  const crash = prng.pick(['before', 'during', 'during', 'after'] as const);
  let end: (how: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => {
    end = resolve;
  });
  let countdown = countdownFrom;
  let hasFailedCall = false;
  let hasFailedRootSync = false;
  volume.onCrash = () => end('crash');
  volume.decide = (call: DiskCall): CallFate => {
    if ((isAnyCall || call.kind === 'append') && --countdown !== 0) return {};
    if (countdown !== 0) return {};
    countdown = -1;
    trace(`  ${how} ${how === 'crash' ? crash : ''} at call ${call.number}: ${call.kind} ${call.name}`);
    if (how === 'crash') return { crash };
    if (how === 'fail') {
      totals.failedCalls++;
      hasFailedCall = true;
      hasFailedRootSync = call.kind === 'sync-folder' && call.name === '';
      return { error: 'EIO' };
    }
    totals.kills++;
    volume.kill();
    end('kill');
    return {};
  };
  return {
    ended,
    hasFailedCall: () => hasFailedCall,
    hasFailedRootSync: () => hasFailedRootSync,
    disarm: () => {
      // A call whose fate is sealed may still stop the machine.
      volume.decide = () => ({});
    },
  };
}
