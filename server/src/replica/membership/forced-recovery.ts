import { decodeConfiguration, kinship, newestRecovery, type Recovery } from 'raft-ts-lite';
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Logger } from '../../ports/logger.ts';
import { ComplaintLog } from '../../ports/rate-limited-log.ts';
import { markFormer } from '../../storage/member/former-mark.ts';
import type { Recovered } from '../../storage/recovered.ts';
import type { Hello } from '../peers/peer-frames.ts';
import { FormerEnsemble, JOIN_ANEW } from '../unusable-data.ts';

/** As far as hellos are about clusters and their forced recoveries. */
type Said = Pick<Hello, 'clusterId' | 'recovery'>;

/** Of one cluster, the data of the other are from before or after a forced recovery of it: nothing but hellos may pass. */
export function isOfSameEnsemble(self: Said, other: Said): boolean {
  // A process without data may become a member; of two clusters nothing is exchanged anyway.
  if (self.clusterId !== other.clusterId || self.clusterId === '') return true;
  return kinship(self.recovery, other.recovery) === 'same';
}

/** Whether nobody can pose as a member without its certificate or the join secret. */
export function provesMembers({ peer, tls }: Pick<Config, 'peer' | 'tls'>): boolean {
  return !peer.takesUnproved || tls.peer?.mode === 'required';
}

/**
 * Of the data that a disk holds. It never changes but by a forced recovery: who joins is granted it, and who catches up keeps it. Throws FormerEnsemble
 * where this member was told that these data must not be used any more.
 */
export function recoveryOn(recovered: Recovered): Recovery | undefined {
  const { identity, snapshot, configurations, formerSince } = recovered;
  if (formerSince !== undefined) throw new FormerEnsemble(formerSince);
  return newestRecovery([
    identity?.genesis.recovery,
    snapshot?.meta.configuration.recovery,
    ...configurations.map(({ data }) => decodeConfiguration(data).recovery),
  ]);
}

/**
 * Who is met that is of this cluster from before a forced recovery, or after one. The survivor and those who joined it exchange nothing with members
 * of the former ensemble. These end, so that they never vote and acknowledge as that again: at once where members prove who they are; else one
 * voice, which could be anybody's, ends none that a leader counts in, as it gets none to give up its data (outdated-voices.ts).
 */
export class RecoveryWatch {
  readonly #isProved: boolean;
  readonly #complaints: ComplaintLog;
  /** Those that are after a recovery which this member is not of, by server id. */
  readonly #later = new Map<number, Recovery>();
  #sealing: Promise<void> | undefined;

  constructor(isProved: boolean, { log, clock }: { readonly log: Logger; readonly clock: Clock }) {
    this.#isProved = isProved;
    this.#complaints = new ComplaintLog(log, clock);
  }

  /** Whether anything is exchanged with it. Where not, the log says what has to be done. */
  admits(self: Said, other: Pick<Hello, 'serverId' | 'clusterId' | 'recovery'>): boolean {
    const { serverId, recovery } = other;
    this.#later.delete(serverId);
    if (isOfSameEnsemble(self, other)) return true;
    const [ours, theirs] = [self.recovery?.number ?? 0, recovery?.number ?? 0];
    if (recovery !== undefined && theirs > ours) this.#later.set(serverId, recovery);
    this.#complaints.say(`recovery ${serverId}`, refusal(serverId, ours, theirs), {
      serverId,
      theirs: recovery,
      ours: self.recovery,
    });
    return false;
  }

  parted(serverId: number): void {
    this.#later.delete(serverId);
  }

  /**
   * @param isLed a leader counts this member in now
   * @returns why this member must not go on
   */
  review(isLed: boolean): FormerEnsemble | undefined {
    if (this.#later.size === 0 || (isLed && !this.#isProved)) return undefined;
    const numbers = [...this.#later.values()].map(({ number }) => number);
    return new FormerEnsemble(Math.max(...numbers), [...this.#later.keys()]);
  }

  /**
   * Where that is why it must not go on, and members prove who they are, its data say so before it ends: it does not begin to take part again before
   * it has met somebody. A disk that does not take that keeps it from ending no longer than it answers.
   */
  sealed(reason: Error, disk: Disk): Promise<void> {
    if (!this.#isProved || !(reason instanceof FormerEnsemble)) return Promise.resolve();
    this.#sealing ??= markFormer(disk, reason.recovery).catch(() => undefined);
    return this.#sealing;
  }
}

function refusal(serverId: number, ours: number, theirs: number): string {
  if (ours > theirs)
    return `member ${serverId} belongs to the ensemble before the forced recovery ${ours}: nothing is exchanged with it. There, ${JOIN_ANEW}`;
  if (ours < theirs)
    return `member ${serverId} says that the ensemble was recovered by force without this member (recovery ${theirs}): nothing is exchanged with it`;
  return `member ${serverId} comes out of another forced recovery ${ours} than this member: two were made, and one of the two has to go. Nothing is exchanged between them; in the one that goes, ${JOIN_ANEW}`;
}
