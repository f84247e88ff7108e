import type { Bounds } from '../../src/bounds/bounds.ts';
import type { Member } from '../../src/member.ts';
import type { RunningReplica } from '../../src/member-parts.ts';
import { PeerFrame } from '../../src/replica/peers/peer-frames.ts';
import type { Totals } from '../totals.ts';
import { ClientBounds } from './client-bounds.ts';
import { LogBounds } from './log-bounds.ts';
import type { Report } from './report.ts';

const LENGTH_BYTES = 4;
/** Of a forward frame behind its kind: term and count; and of each command its length. */
const FORWARD_HEADER_BYTES = 12;
const TERM_BYTES = 8;

/**
 * Counts how often members meet the bounds that they keep, so that a run of many seeds can say that each was met, and checks those that
 * show from outside.
 */
export class BoundsWatch {
  readonly #report: Report;
  readonly #totals: Totals;
  readonly #clients = new WeakMap<Member, ClientBounds>();
  readonly #logs = new WeakMap<Member, LogBounds>();

  constructor(report: Report, totals: Totals) {
    this.#report = report;
    this.#totals = totals;
  }

  /** A new life. */
  begins(member: Member, bounds: Bounds): void {
    this.#clients.set(member, new ClientBounds(member, bounds, this.#report, this.#totals));
  }

  /** Raft runs in it. */
  runs(member: Member, running: RunningReplica, bounds: Bounds): void {
    this.#clients.get(member)?.runs(running);
    this.#logs.set(member, new LogBounds(member, running, bounds, this.#report, this.#totals));
  }

  /** Something was applied. */
  look(member: Member): void {
    this.#logs.get(member)?.look(member);
  }

  /** Whole frames, [u32 length][u8 kind][payload] each, as a member hands them over. */
  sent(from: number, frames: Uint8Array, bounds: Bounds): void {
    const view = new DataView(frames.buffer, frames.byteOffset, frames.byteLength);
    for (let at = 0; at < frames.length; ) {
      const bytes = view.getUint32(at);
      const kindAt = at + LENGTH_BYTES;
      const kind = view.getUint8(kindAt);
      if (bytes > bounds.peerFrameBytes) {
        const message = `member ${from} sends ${bytes} bytes of kind ${kind}, ${bounds.peerFrameBytes} are allowed`;
        this.#report('a frame between members is one that they take', message);
      }
      if (kind === PeerFrame.forward)
        this.#forward(from, bytes - 1, view.getUint32(kindAt + 1 + TERM_BYTES), bounds);
      at = kindAt + bytes;
    }
  }

  #forward(from: number, payloadBytes: number, count: number, { forwardFrameBytes }: Bounds): void {
    const bytes = payloadBytes - FORWARD_HEADER_BYTES - count * LENGTH_BYTES;
    if (bytes > forwardFrameBytes / 2) this.#totals.add('bound: forward frame full');
    if (count > 1 && bytes > forwardFrameBytes) {
      const message = `member ${from} forwards ${count} commands of ${bytes} bytes in one, ${forwardFrameBytes} are allowed`;
      this.#report('requests are handed over in frames', message);
    }
  }
}
