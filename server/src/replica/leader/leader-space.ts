import type { FieldReader } from '../../codec/field-reader.ts';
import { Room } from '../../storage/free-space-monitor.ts';
import type { Links } from '../peers/links.ts';
import { beginFrame, endFrame, PeerFrame } from '../peers/peer-frames.ts';
import type { Replica } from '../replica.ts';

/**
 * A leader that hears too few voters with room on their disks to be a majority says so to the others, and each of them refuses of its clients'
 * writes what the leader refuses of those of its own: before they have a number. Once they have one they stand in the order in which this
 * member's entries are applied, and leave it only through the log.
 *
 * Where nothing was said there is room: at the beginning of a term, and of a link. What is under way when the word goes out is taken.
 */
export class LeaderSpace {
  /** The term whose leader said that room is lacking, how much, and the server id under which it is linked. */
  #saidTerm = NO_TERM;
  #saidRoom: Room = Room.ample;
  #saidServerId = 0;
  /** Who was told what by this member as the leader of `toldTerm`; nobody else was told that there is less than enough. */
  readonly #told = new Map<number, Room>();
  #toldTerm = NO_TERM;

  /** Called several times a second: a leader tells those who do not know yet. */
  announce({ leading, raft }: Replica, own: Room, links: Links): void {
    const term = leading ? raft.term : NO_TERM;
    const room = own < Room.scarce ? Room.ample : own;
    if (term !== this.#toldTerm) this.#told.clear();
    this.#toldTerm = term;
    if (!leading || (room === Room.ample && this.#told.size === 0)) return;
    for (const [serverId, hello] of links.hellos()) {
      // One that is still starting would not take it in.
      if (!hello.running || (this.#told.get(serverId) ?? Room.ample) === room) continue;
      const outbox = links.outbox(serverId)!;
      const start = beginFrame(outbox, PeerFrame.space);
      outbox.f64(term);
      outbox.u8(wordOf(room));
      endFrame(outbox, start);
      if (room === Room.ample) this.#told.delete(serverId);
      else this.#told.set(serverId, room);
    }
  }

  /** What a leader says: [f64 term][u8 word]. */
  receive(serverId: number, reader: FieldReader): void {
    const term = reader.f64();
    const room = roomOf(reader.u8());
    // A former leader that does not know yet may speak last.
    if (term < this.#saidTerm) return;
    this.#saidTerm = room === Room.ample ? NO_TERM : term;
    this.#saidRoom = room;
    this.#saidServerId = serverId;
  }

  /** The link with this member broke: on the next one nothing was said yet. */
  parted(serverId: number): void {
    this.#told.delete(serverId);
    if (serverId === this.#saidServerId) this.#saidTerm = NO_TERM;
  }

  /** What the leader of `term`, another member, has said. */
  roomIn(term: number): Room {
    return term === this.#saidTerm ? this.#saidRoom : Room.ample;
  }
}

const NO_TERM = -1;

/** 0: enough, 1: exhausted, 2: scarce. A member that knows the first two alone takes 2 for enough. */
const wordOf = (room: Room): number => (room === Room.exhausted ? 1 : room === Room.scarce ? 2 : 0);
const roomOf = (word: number): Room => (word === 1 ? Room.exhausted : word === 2 ? Room.scarce : Room.ample);
