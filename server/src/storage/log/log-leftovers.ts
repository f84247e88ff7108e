import type { Disk } from '../../ports/disk.ts';
import { LOG_FOLDER, type SegmentName } from './segment-file.ts';

/**
 * The segments that follow one another without a gap, up to the newest.
 *
 * A removal whose folder sync failed may be undone by a later loss of power, after younger segments were removed for good: the older ones
 * then stand there again, apart from the log. Where a snapshot holds all that the gap may have held, nothing of them is needed.
 */
export function connectedSegments(segments: readonly SegmentName[]): readonly SegmentName[] {
  let first = segments.length - 1;
  while (first > 0 && segments[first - 1]!.sequence + 1 === segments[first]!.sequence) first--;
  return segments.slice(Math.max(0, first));
}

/** Removes what stands before `connected`, oldest first, durably. Returns what to tell. */
export async function removeLeftovers(
  disk: Disk,
  segments: readonly SegmentName[],
  connected: readonly SegmentName[],
): Promise<string[]> {
  const leftovers = segments.slice(0, segments.length - connected.length);
  for (const { name } of leftovers) {
    await disk.remove(name);
    await disk.syncFolder(LOG_FOLDER);
  }
  return leftovers.map(({ name }) => `${name} had been removed before and was there again: removed`);
}
