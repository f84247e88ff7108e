import { decodeUtf8, Reader } from '@rookery/protocol';
import { MAX_FRAME_BYTES } from '../bounds/limits.ts';
import { PieceBuffer } from '../codec/piece-buffer.ts';
import {
  acknowledgedEpoch,
  EPOCH,
  learnerInfo,
  type Packet,
  PacketType,
  packetBytes,
  readPacket,
  sessionToValidate,
} from './packet.ts';
import { Proposals } from './proposals.ts';
import { parseQuorumConfig, type QuorumConfig } from './quorum-config.ts';

/** Why a learner goes no further with this leader. */
export const LearnerFault = {
  /** What came is no packet, or no snapshot. */
  malformed: 'malformed',
  /** A packet that has no place here. */
  unexpectedPacket: 'unexpected-packet',
  /** A transaction is missing between two others, or is committed that was not proposed. */
  hole: 'hole',
  /** It has to forget transactions that it holds. */
  truncated: 'truncated',
  /** A zxid beyond what a double holds. */
  impossibleNumber: 'impossible-number',
} as const;
export type LearnerFault = (typeof LearnerFault)[keyof typeof LearnerFault];

/** Who reads a snapshot that is sent, and knows by that where it ends. */
export interface SentSnapshot {
  /** Takes the next piece; the name of what is wrong with it, or undefined. */
  feed(piece: Uint8Array): string | undefined;
  readonly hasEnded: boolean;
  /** What came behind its end. */
  takeRest(): Uint8Array;
}

/** Who is told what a leader says, in its order. Ranges of bytes are valid until it returns. */
export interface LearnerSink {
  send(bytes: Uint8Array): void;
  /** All that was held before counts no more. `zxid` is of the last transaction that is in all of the snapshot. */
  snapshotBegins(zxid: number): SentSnapshot;
  snapshotEnds(): void;
  /** `bytes[start, end)`: header, record and digest. Before `isExact` some may be in the snapshot already, wholly or in part. */
  committed(zxid: number, bytes: Uint8Array, start: number, end: number): void;
  /** From here on the state is exactly the one of the zxid that was told last. */
  isExact(): void;
  /** It holds what the leader held when it said so. */
  isUpToDate(): void;
  members(config: QuorumConfig): void;
  pinged(lastProposed: number): void;
  /** What was sent before the mark was, the leader has answered; and everything that it had committed or proposed then has come. */
  marked(mark: number): void;
}

export interface LearnerPlan {
  readonly serverId: number;
  /** Whose transactions are acknowledged, and count; otherwise those that are committed are told of. */
  readonly isVoter: boolean;
  /** Of the last transaction that is held; 0: nothing is. */
  readonly zxid: number;
}

type Step = 'registering' | 'choosing' | 'snapshot' | 'signature' | 'joining' | 'acknowledged' | 'following';

const FIRST_BUFFER_BYTES = 64 * 1024;
const SIGNATURE = 'BenWasHere';
const LONG_BYTES = 8;

/**
 * One connection to a leader of Apache ZooKeeper, from the first packet: a pure function of the bytes that come. Whatever they are, the answer is a
 * fault's code. As an observer it changes nothing there: it acknowledges no epoch and is in no quorum.
 */
export class Learner {
  readonly #sink: LearnerSink;
  readonly #plan: LearnerPlan;
  readonly #buffer = new PieceBuffer(FIRST_BUFFER_BYTES);
  readonly #reader = new Reader();
  readonly #packet: Packet = { type: 0, zxid: 0, bytes: new Uint8Array(0), dataStart: -1, dataEnd: -1 };
  readonly #proposals = new Proposals();
  #step: Step = 'registering';
  #snapshot: SentSnapshot | undefined;
  #epochZxid = 0;
  #zxid: number;
  /** Of the transaction that came last on this connection; 0: none did. */
  #lastTold = 0;
  #isFenced = false;
  #fault: LearnerFault | undefined;

  constructor(plan: LearnerPlan, sink: LearnerSink) {
    this.#plan = plan;
    this.#sink = sink;
    this.#zxid = plan.zxid;
  }

  /** Of the last transaction that was told of. */
  get zxid(): number {
    return this.#zxid;
  }

  get isFollowing(): boolean {
    return this.#step === 'following';
  }

  /** The connection is there. */
  begin(): void {
    const type = this.#plan.isVoter ? PacketType.followerInfo : PacketType.observerInfo;
    // Of no epoch, so that the leader chooses none above it.
    this.#sink.send(packetBytes(type, 0, learnerInfo(this.#plan.serverId)));
  }

  /** Takes what came. The first fault stays the answer. */
  feed(piece: Uint8Array): LearnerFault | undefined {
    if (this.#fault !== undefined) return this.#fault;
    this.#buffer.append(piece);
    while (this.#fault === undefined && this.#takeOne());
    return this.#fault;
  }

  /**
   * Asks for an answer to `mark`, a small number above 0. The acknowledgement before it is of nothing, and waits until the leader is through with what
   * it commits or proposes right now; the session is nobody's, and the answer to whether it lives comes behind all that was sent before.
   */
  mark(mark: number): void {
    this.#sink.send(packetBytes(PacketType.ack, this.#epochZxid));
    this.#sink.send(packetBytes(PacketType.revalidate, -1, sessionToValidate(mark, 0)));
  }

  /**
   * A voter acknowledges nothing from here on, and whatever it has acknowledged is told of as committed: it may be. What it has not can never be where a
   * majority needs it.
   */
  fence(): void {
    if (this.#isFenced) return;
    this.#isFenced = true;
    for (let next = this.#proposals.first; next?.isAcknowledged === true; next = this.#proposals.first) {
      this.#proposals.removeFirst();
      this.#tellCommitted(next.zxid, next.bytes, 0, next.bytes.length);
    }
  }

  /** Whether something was taken; false: more has to come. */
  #takeOne(): boolean {
    if (this.#step === 'snapshot') return this.#takeSnapshot();
    if (this.#step === 'signature') return this.#takeSignature();
    const { bytes, at, end } = this.#buffer;
    if (end === at) return false;
    this.#reader.reset(bytes, at, end);
    if (!readPacket(this.#reader, this.#packet))
      return this.#isHopeless() && this.#fail(LearnerFault.malformed);
    this.#buffer.at = this.#reader.position;
    if (!Number.isSafeInteger(this.#packet.zxid)) return this.#fail(LearnerFault.impossibleNumber);
    return this.#take(this.#packet);
  }

  /** Whether no packet can come of it, however much is to come. */
  #isHopeless(): boolean {
    const { bytes, at, end } = this.#buffer;
    const reader = this.#reader.reset(bytes, at, end);
    const type = reader.readInt();
    if (!reader.failed && (type < PacketType.request || type > PacketType.informAndActivate)) return true;
    reader.readLong();
    const length = reader.readInt();
    return length < -1 || length > MAX_FRAME_BYTES || end - at > 2 * MAX_FRAME_BYTES;
  }

  #take(packet: Packet): boolean {
    switch (this.#step) {
      case 'registering':
        return this.#takeLeaderInfo(packet);
      case 'choosing':
        return this.#takeChoice(packet);
      default:
        return this.#takeFollowing(packet);
    }
  }

  #takeLeaderInfo({ type, zxid }: Packet): boolean {
    if (type !== PacketType.leaderInfo) return this.#fail(LearnerFault.unexpectedPacket);
    this.#epochZxid = zxid - (zxid % EPOCH);
    this.#sink.send(packetBytes(PacketType.ackEpoch, this.#zxid, acknowledgedEpoch()));
    this.#step = 'choosing';
    return true;
  }

  #takeChoice({ type, zxid }: Packet): boolean {
    if (type === PacketType.snap) {
      this.#zxid = zxid;
      this.#snapshot = this.#sink.snapshotBegins(zxid);
      this.#step = 'snapshot';
      return true;
    }
    if (type === PacketType.trunc && zxid < this.#zxid) return this.#fail(LearnerFault.truncated);
    if (type !== PacketType.diff && type !== PacketType.trunc)
      return this.#fail(LearnerFault.unexpectedPacket);
    // What differs from nothing would have to be everything since the first transaction, on what ZooKeeper begins with.
    if (this.#zxid === 0) return this.#fail(LearnerFault.hole);
    this.#step = 'joining';
    return true;
  }

  #takeSnapshot(): boolean {
    const snapshot = this.#snapshot!;
    const { bytes, at, end } = this.#buffer;
    if (end === at) return false;
    this.#buffer.at = end;
    if (snapshot.feed(bytes.subarray(at, end)) !== undefined) return this.#fail(LearnerFault.malformed);
    if (!snapshot.hasEnded) return false;
    this.#buffer.append(snapshot.takeRest());
    this.#snapshot = undefined;
    this.#step = 'signature';
    return true;
  }

  #takeSignature(): boolean {
    const reader = this.#reader.reset(this.#buffer.bytes, this.#buffer.at, this.#buffer.end);
    if (reader.remaining < 4 + SIGNATURE.length) return false;
    if (reader.readString() !== SIGNATURE) return this.#fail(LearnerFault.malformed);
    this.#buffer.at = reader.position;
    this.#sink.snapshotEnds();
    this.#step = 'joining';
    return true;
  }

  #takeFollowing(packet: Packet): boolean {
    const { type, zxid, bytes, dataStart, dataEnd } = packet;
    switch (type) {
      case PacketType.proposal:
        return this.#proposed(zxid, bytes, dataStart, dataEnd);
      case PacketType.commit:
      case PacketType.commitAndActivate:
        return this.#commit(zxid);
      case PacketType.inform:
        return this.#follows(zxid) && this.#tellCommitted(zxid, bytes, dataStart, dataEnd);
      case PacketType.informAndActivate:
        // In front: who leads with the new configuration.
        return this.#follows(zxid) && this.#tellCommitted(zxid, bytes, dataStart + LONG_BYTES, dataEnd);
      case PacketType.newLeader:
        return this.#newLeader(packet);
      case PacketType.upToDate:
        return this.#upToDate();
      case PacketType.ping:
        // Nobody's sessions are here.
        this.#sink.send(packetBytes(PacketType.ping, zxid, new Uint8Array(0)));
        this.#sink.pinged(zxid);
        return true;
      case PacketType.revalidate:
        this.#sink.marked(this.#reader.reset(bytes, dataStart, dataEnd).readLong());
        return true;
      default:
        return type === PacketType.sync || this.#fail(LearnerFault.unexpectedPacket);
    }
  }

  #newLeader({ zxid, bytes, dataStart, dataEnd }: Packet): boolean {
    if (this.#step !== 'joining') return this.#fail(LearnerFault.unexpectedPacket);
    const config = dataStart < 0 ? undefined : parseQuorumConfig(decodeUtf8(bytes, dataStart, dataEnd));
    if (config !== undefined) this.#sink.members(config);
    this.#step = 'acknowledged';
    this.#sink.isExact();
    this.#sink.send(packetBytes(PacketType.ack, zxid));
    return true;
  }

  #upToDate(): boolean {
    if (this.#step !== 'acknowledged') return this.#fail(LearnerFault.unexpectedPacket);
    this.#step = 'following';
    this.#sink.send(packetBytes(PacketType.ack, this.#epochZxid));
    for (const proposal of this.#proposals.values()) this.#acknowledge(proposal);
    this.#sink.isUpToDate();
    return true;
  }

  #proposed(zxid: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (start < 0) return this.#fail(LearnerFault.malformed);
    if (!this.#follows(zxid)) return true;
    const proposal = this.#proposals.add(zxid, bytes, start, end);
    if (this.#step === 'following') this.#acknowledge(proposal);
    return true;
  }

  #acknowledge(proposal: { readonly zxid: number; isAcknowledged: boolean }): void {
    if (!this.#plan.isVoter || this.#isFenced) return;
    proposal.isAcknowledged = true;
    this.#sink.send(packetBytes(PacketType.ack, proposal.zxid));
  }

  #commit(zxid: number): boolean {
    const { first } = this.#proposals;
    if (this.#isFenced && (first === undefined || first.zxid > zxid)) return true;
    if (first?.zxid !== zxid) return this.#fail(LearnerFault.hole);
    this.#proposals.removeFirst();
    return this.#tellCommitted(zxid, first.bytes, 0, first.bytes.length);
  }

  /** Whether none is missing before it. The first one may be one of those that a snapshot has. */
  #follows(zxid: number): boolean {
    const last = this.#lastTold === 0 ? Math.min(this.#zxid, zxid - 1) : this.#lastTold;
    const isNext =
      zxid === last + 1 || (Math.floor(zxid / EPOCH) > Math.floor(last / EPOCH) && zxid % EPOCH === 1);
    if (!isNext) this.#fail(LearnerFault.hole);
    this.#lastTold = zxid;
    return isNext;
  }

  #tellCommitted(zxid: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (start < 0 || start > end) return this.#fail(LearnerFault.malformed);
    this.#zxid = Math.max(this.#zxid, zxid);
    this.#sink.committed(zxid, bytes, start, end);
    return true;
  }

  #fail(fault: LearnerFault): true {
    this.#fault ??= fault;
    return true;
  }
}
