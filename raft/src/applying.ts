/**
 * Committed entries on their way to the program. Those that are not in memory, which after a start are all that storage holds, are
 * read from there, a batch ahead of the one that is applied:
 *
 *   EntriesRead (to: this member) → entriesRead() → committed of a Ready → advance()
 *            ╰── the next one, while these are applied ──────╯
 */
import { InvariantViolation } from './errors.ts';
import type { RaftNode } from './node.ts';
import type { Entry } from './types.ts';

const none: readonly Entry[] = [];

/** At most maxMessageBytes at once (but one entry at least), so that a long replay takes its turns. */
export function takeCommitted(node: RaftNode): readonly Entry[] {
  const { log, durable, options, applying } = node;
  if (applying.isHeld || log.applied >= log.commit || durable.installing) return none;
  const from = log.applied + 1;
  if (from >= log.first) return log.slice(from, log.endWithin(from, log.commit, options.maxMessageBytes));
  if (applying.read[0]?.index !== from) {
    applying.read = none;
    askStorage(node, from);
    return none;
  }
  const { read } = applying;
  applying.read = none;
  const committed = committedOf(node, read);
  askStorage(node, from + committed.length);
  return committed;
}

/** Asks for the entries from `from` on unless they are under way, in memory, or not committed. */
function askStorage(node: RaftNode, from: number): void {
  const { log, applying, options } = node;
  if (applying.readingFrom === from || from > log.commit || from >= log.first) return;
  applying.readingFrom = from;
  node.entriesReads.push({ to: node.id, from, maxBytes: options.maxMessageBytes });
}

/**
 * What was read while it was not committed may have been replaced since: an entry is that of the log where its term is the log's. The
 * first one always is: it was committed when it was asked for.
 */
function committedOf(node: RaftNode, read: readonly Entry[]): readonly Entry[] {
  const { log } = node;
  let count = 0;
  while (count < read.length) {
    const { index, term } = read[count] as Entry;
    if (index > log.commit || index >= log.first || log.termAt(index) !== term) break;
    count += 1;
  }
  return count === read.length ? read : read.slice(0, count);
}

/**
 * Answers the read of entries to apply here.
 * @throws InvariantViolation where storage does not hold what is committed and not applied
 */
export function readToApply(node: RaftNode, from: number, entries: readonly Entry[] | undefined): void {
  const { log, applying } = node;
  if (applying.readingFrom !== from) return;
  applying.readingFrom = 0;
  // An installed snapshot has taken their place.
  if (from <= log.applied) return;
  const first = entries?.[0];
  if (first === undefined || first.index !== from || first.term !== log.termAt(from))
    throw new InvariantViolation('committed-entry-missing', `index ${from} is not in storage`);
  applying.read = entries ?? none;
}
