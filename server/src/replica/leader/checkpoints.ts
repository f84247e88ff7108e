import { OpCode } from '@rookery/protocol';
import type { FieldReader } from '../../codec/field-reader.ts';
import type { CommandHeader } from '../../model/command.ts';
import { emptyCommandHeader, encodeCommand } from '../../model/command.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fatal } from '../../ports/fatal.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Applied } from '../applied.ts';
import { DivergenceError } from '../divergence.ts';
import type { Links } from '../peers/links.ts';
import { beginFrame, endFrame, PeerFrame } from '../peers/peer-frames.ts';
import type { Replica } from '../replica.ts';
import type { StateMachine } from '../state-machine.ts';
import { DigestCheck, type KnownCheckpoint } from './digest-check.ts';

const PERIOD_MS = 5_000;
const NOTHING = new Uint8Array(0);

export interface CheckpointsParts {
  readonly raftId: number;
  readonly machine: StateMachine;
  readonly links: Links;
  readonly clock: Clock;
  readonly log: Logger;
  readonly fatal: Fatal;
}

/** The leader logs a checkpoint now and then; each member tells all others its digest there, and compares. */
export class Checkpoints {
  /** Checkpoints at which members differed without a majority for anyone. */
  alarms = 0;
  readonly #parts: CheckpointsParts;
  readonly #check: DigestCheck;
  readonly #header: CommandHeader = { ...emptyCommandHeader(), op: OpCode.checkpoint };
  #lastMs = 0;
  #lastIndex = 0;
  #alarmedAt = 0;

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
    this.#check = new DigestCheck(parts.raftId);
  }

  /** A leader logs a checkpoint where something was written since the last one. */
  proposeIfDue(replica: Replica): void {
    const now = this.#parts.clock.monotonicMs();
    if (!replica.leading || now - this.#lastMs < PERIOD_MS || replica.appliedIndex <= this.#lastIndex) return;
    this.proposeNow(replica);
  }

  /** A leader logs one, whether anything was written or not. Ignored elsewhere. */
  proposeNow(replica: Replica): void {
    this.#lastMs = this.#parts.clock.monotonicMs();
    replica.decide(encodeCommand(this.#header, NOTHING));
  }

  /** The last ones, the oldest first, with what each member that was heard said of its state there. */
  known(): readonly KnownCheckpoint[] {
    return this.#check.known();
  }

  /** This member's own digests at them. */
  own(): readonly { readonly index: number; readonly digest: string }[] {
    return this.known().flatMap(({ index, digests }) => {
      const digest = digests.get(this.#parts.raftId);
      return digest === undefined ? [] : [{ index, digest }];
    });
  }

  /** Called for every applied command, at once: the digest is that of this very index. */
  compareDigest(result: Applied, replica: Replica): void {
    if (result.op !== OpCode.checkpoint) return;
    const index = replica.appliedIndex;
    this.#lastIndex = index;
    const digest = this.#parts.machine.digest();
    for (const serverId of this.#parts.links.hellos().keys()) {
      const outbox = this.#parts.links.outbox(serverId)!;
      const start = beginFrame(outbox, PeerFrame.digest);
      outbox.f64(index);
      outbox.text(digest);
      endFrame(outbox, start);
    }
    this.#judge(index, this.#parts.raftId, digest, replica);
  }

  /** Another member's digest: [f64 index][text digest]. */
  receive(raftId: number, reader: FieldReader, replica: Replica): void {
    this.#judge(reader.whole(), raftId, reader.text(), replica);
  }

  #judge(index: number, raftId: number, digest: string, replica: Replica): void {
    const { log, fatal } = this.#parts;
    const verdict = this.#check.record(index, raftId, digest, replica.raft.configuration);
    if (verdict.kind === 'diverged') {
      const { own, majority } = verdict;
      log.error(
        { index, own, majority },
        'this member differs from a majority: it stops; rebuild it as a new member',
      );
      fatal(new DivergenceError({ index, own, theirs: majority }));
    } else if (verdict.kind === 'split' && index > this.#alarmedAt) {
      this.#alarmedAt = index;
      this.alarms++;
      log.error(
        { index },
        'the members differ and no majority agrees: take a backup of every member and report it',
      );
    }
  }
}
