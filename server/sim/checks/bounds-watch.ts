import { type Message, MessageType, type Ready } from 'raft-ts-lite';
import type { Bounds } from '../../src/bounds/bounds.ts';
import type { Connection } from '../../src/client/connection.ts';
import type { Member, Running } from '../../src/member.ts';
import { PeerFrame } from '../../src/replica/peer-frames.ts';
import type { Totals } from '../totals.ts';

const LENGTH_BYTES = 4;

/** What an entry costs in Raft's account of bytes, beside its data, is less than this. */
const ENTRY_OVERHEAD_BYTES = 64;

/**
 * Counts how often members meet the bounds that they keep, so that a run of many seeds can say that each was met, and checks those that
 * show from outside.
 */
export class BoundsWatch {
  readonly #report: (rule: string, message: string) => void;
  readonly #totals: Totals;
  readonly #segments = new Map<Member, number>();

  constructor(report: (rule: string, message: string) => void, totals: Totals) {
    this.#report = report;
    this.#totals = totals;
  }

  /** A new life: which connections are made to wait, and for what. */
  begins(member: Member, bounds: Bounds): void {
    const { clients } = member;
    const paused = clients.paused.bind(clients);
    clients.paused = (connection) => {
      this.#totals.add(`bound: ${this.#whyWaiting(member, connection, bounds)}`);
      paused(connection);
    };
  }

  /** Raft runs: what it puts off, cuts in pieces or has to read again. */
  runs({ replica }: Running, bounds: Bounds): void {
    const { raft } = replica;
    const propose = raft.propose.bind(raft);
    raft.propose = (batch) => {
      const result = propose(batch);
      if (result.refused === 'overloaded') this.#totals.add('bound: too much uncommitted');
      return result;
    };
    const ready = raft.ready.bind(raft);
    raft.ready = () => {
      const work = ready();
      if (work !== undefined) this.#work(work, raft.id, bounds);
      return work;
    };
  }

  /** Something was applied. */
  look(member: Member): void {
    const segments = member.storage?.metrics().logSegments ?? 0;
    if (segments > (this.#segments.get(member) ?? segments)) this.#totals.add('bound: segment full');
    this.#segments.set(member, segments);
  }

  /** Whole frames, [u32 length][u8 kind][payload] each, as a member hands them over. */
  sent(from: number, frames: Uint8Array, bounds: Bounds): void {
    const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
    for (let at = 0; at < frames.length; ) {
      const bytes = view.getUint32(at);
      const kind = view.getUint8(at + LENGTH_BYTES);
      if (bytes > bounds.peerFrameBytes) {
        const message = `member ${from} sends ${bytes} bytes of kind ${kind}, ${bounds.peerFrameBytes} are allowed`;
        this.#report('a frame between members is one that they take', message);
      }
      if (kind === PeerFrame.forward && bytes > bounds.forwardFrameBytes / 2) {
        this.#totals.add('bound: forward frame full');
      }
      at += LENGTH_BYTES + bytes;
    }
  }

  #work({ messages, entriesReads, snapshotWrites }: Ready, id: number, bounds: Bounds): void {
    for (const message of messages) this.#message(message, bounds);
    for (const { to } of entriesReads) {
      this.#totals.add(to === id ? 'bound: own entries read again' : 'bound: entries have left memory');
    }
    for (const { offset } of snapshotWrites) if (offset > 0) this.#totals.add('bound: snapshot in pieces');
  }

  #message(message: Message, { appendBytes }: Bounds): void {
    if (message.type !== MessageType.append || message.entries.length === 0) return;
    let bytes = 0;
    for (const { data } of message.entries) bytes += data.length;
    const several = message.entries.length > 1;
    if (several && bytes > appendBytes) {
      const most = appendBytes + message.entries.length * ENTRY_OVERHEAD_BYTES;
      if (bytes > most)
        this.#report('an append is bounded', `${bytes} bytes in ${message.entries.length} entries`);
    }
    if (several && bytes > appendBytes / 2) this.#totals.add('bound: append full');
    if (!several && bytes > appendBytes) this.#totals.add('bound: entry above an append');
  }

  /** The first of those that may hold a connection back, in the order in which it asks. */
  #whyWaiting({ clients }: Member, { outstanding, socket }: Connection, bounds: Bounds): string {
    if (outstanding >= bounds.owedRequests) return 'requests owed';
    if (clients.overloaded) return 'all clients together';
    if (socket.bufferedBytes() > 0 || outstanding === 0) return 'replies unread';
    return 'requests held';
  }
}
