import type { FieldReader } from '../model/field-reader.ts';
import type { Links } from './links.ts';
import { beginFrame, endFrame, PeerFrame } from './peer-frames.ts';
import type { Replica } from './replica.ts';

/**
 * A leader that hears too few voters with room on their disks to be a majority says so to the others, and each of them refuses its clients'
 * writes as the leader refuses those of its own: before they have a number. Once they have one they stand in the order in which this member's entries are applied, and
 * leave it only through the log.
 *
 * Where nothing was said there is room: at the beginning of a term, and of a link. What is under way when the word goes out is taken.
 */
export class LeaderSpace {
  /** The term whose leader said that room is lacking, and the label under which it is linked. */
  private lowTerm = noTerm;
  private lowLabel = 0;
  /** Who was told so by this member as the leader of `toldTerm`. */
  private readonly told = new Set<number>();
  private toldTerm = noTerm;

  /** Called several times a second: a leader tells those who do not know yet. */
  review({ leading, raft }: Replica, isLow: boolean, links: Links): void {
    const term = leading ? raft.term : noTerm;
    if (term !== this.toldTerm) this.told.clear();
    this.toldTerm = term;
    if (!leading || (!isLow && this.told.size === 0)) return;
    for (const [label, hello] of links.hellos()) {
      // One that is still starting would not take it in.
      if (!hello.running || this.told.has(label) === isLow) continue;
      const outbox = links.outbox(label)!;
      const start = beginFrame(outbox, PeerFrame.space);
      outbox.f64(term);
      outbox.u8(isLow ? 1 : 0);
      endFrame(outbox, start);
      if (isLow) this.told.add(label);
      else this.told.delete(label);
    }
  }

  /** What a leader says: [f64 term][u8 1: room is lacking, 0: there is room again]. */
  receive(label: number, reader: FieldReader): void {
    const term = reader.f64();
    const isLow = reader.u8() === 1;
    // A former leader that does not know yet may speak last.
    if (term < this.lowTerm) return;
    this.lowTerm = isLow ? term : noTerm;
    this.lowLabel = label;
  }

  /** The link with this member broke: on the next one nothing was said yet. */
  parted(label: number): void {
    this.told.delete(label);
    if (label === this.lowLabel) this.lowTerm = noTerm;
  }

  /** Whether the leader of `term`, another member, has said that room is lacking. */
  isLowIn(term: number): boolean {
    return term === this.lowTerm;
  }
}

const noTerm = -1;
