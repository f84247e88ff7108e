import { allocateBytes, ErrorCode, equalBytes, NO_SLOT, type Slot, writeUtf8 } from '@rookery/protocol';
import { Int, Real } from './node-table.ts';
import type { Outcome, QuotaExcess } from './outcome.ts';
import { isAboutAPath, PREFIX_START, prefixEnd, QuotaNode, quotaNodeAt, toStatsPath } from './quota-paths.ts';
import {
  emptyQuotaText,
  MAX_QUOTA_TEXT_BYTES,
  MAX_WRITTEN_BYTES,
  NO_VALUE,
  type QuotaText,
  readQuotaText,
  writeQuotaText,
} from './quota-text.ts';
import type { Znodes } from './znodes.ts';

/** What of a write's context is about quotas. */
export interface QuotaContext {
  readonly zxid: number;
  /** What goes beyond a hard limit is refused, not only told. */
  readonly enforcesQuotas: boolean;
}

const STATS_MORE_BYTES = 16;
const MAX_KEPT_BYTES = 65_536;

// Filled anew by each reading.
const limits = emptyQuotaText();
const stats = emptyQuotaText();
const written = allocateBytes(MAX_WRITTEN_BYTES);
/** Of a path. */
let scratch = allocateBytes(1024);

/**
 * Whether a node may hold that: a quota's has to be about a path, and to be read. What Apache ZooKeeper 3.9.5 takes and ends by later, a text that it cannot read and a quota of the root
 * itself, is refused as later ones do.
 */
export function isFitForQuotas(
  path: Uint8Array,
  pathStart: number,
  pathEnd: number,
  data: Uint8Array,
  dataStart: number,
  dataEnd: number,
): boolean {
  const kind = quotaNodeAt(path, pathStart, pathEnd);
  if (kind === QuotaNode.none) return true;
  if (!isAboutAPath(kind, pathStart, pathEnd) || dataEnd - dataStart > MAX_QUOTA_TEXT_BYTES) return false;
  if (dataStart < 0) return true;
  if (!readQuotaText(data, dataStart, dataEnd, stats, false)) return false;
  return kind === QuotaNode.limits || isExact();
}

/**
 * Whether what comes to so many nodes and bytes more at `path[start, end)` may be. The nearest quota counts, a hard limit before a soft one, as in
 * ZooKeeper's checkQuota: what does not change is not looked at, and what shrinks and is still too much is too much. Stats that this very write
 * has made say nothing yet.
 */
export function checkQuota(
  znodes: Znodes,
  outcome: Outcome,
  { zxid, enforcesQuotas }: QuotaContext,
  path: Uint8Array,
  start: number,
  end: number,
  countDiff: number,
  bytesDiff: number,
): ErrorCode {
  const slot = znodes.quotas.find(path, start, end);
  if (slot === NO_SLOT || !readText(znodes, slot, limits, false)) return ErrorCode.ok;
  const countLimit = limits.countHardLimit > NO_VALUE ? limits.countHardLimit : limits.count;
  const byteLimit = limits.byteHardLimit > NO_VALUE ? limits.byteHardLimit : limits.bytes;
  const looksAtCount = countDiff !== 0 && countLimit > NO_VALUE;
  const looksAtBytes = bytesDiff !== 0 && byteLimit > NO_VALUE;
  if (!looksAtCount && !looksAtBytes) return ErrorCode.ok;
  const beside = statsBeside(znodes, slot);
  if (beside === NO_SLOT || znodes.nodes.real(beside, Real.czxid) === zxid) return ErrorCode.ok;
  if (!readText(znodes, beside, stats, false)) return ErrorCode.ok;
  const count = stats.count + countDiff;
  if (looksAtCount && count > countLimit) {
    const isHard = limits.countHardLimit > NO_VALUE;
    const excess = { of: 'count', limit: countLimit, value: count, isHard } as const;
    if (isRefused(znodes, outcome, slot, excess, enforcesQuotas)) return ErrorCode.quotaExceeded;
  }
  const bytes = stats.bytes + bytesDiff;
  if (looksAtBytes && bytes > byteLimit) {
    const isHard = limits.byteHardLimit > NO_VALUE;
    const excess = { of: 'bytes', limit: byteLimit, value: bytes, isHard } as const;
    if (isRefused(znodes, outcome, slot, excess, enforcesQuotas)) return ErrorCode.quotaExceeded;
  }
  return ErrorCode.ok;
}

/** Tells of it, too. */
function isRefused(
  znodes: Znodes,
  outcome: Outcome,
  limitsSlot: Slot,
  excess: Omit<QuotaExcess, 'path' | 'isRefused'>,
  enforcesQuotas: boolean,
): boolean {
  const isRefused = excess.isHard && enforcesQuotas;
  outcome.excess = { path: pathOf(znodes, limitsSlot), ...excess, isRefused };
  return isRefused;
}

/**
 * Adds to what the stats of the nearest quota say. As in ZooKeeper that shows in the data of the stats node and nowhere else: its version and times
 * stay, and nobody who watches it hears of it.
 */
export function count(
  znodes: Znodes,
  changed: Slot,
  path: Uint8Array,
  start: number,
  end: number,
  countDiff: number,
  bytesDiff: number,
): void {
  const slot = znodes.quotas.find(path, start, end);
  const beside = slot === NO_SLOT ? NO_SLOT : statsBeside(znodes, slot);
  if (znodes.quotas.uncounted.size > 0) leaveOut(znodes, changed, beside, countDiff, bytesDiff);
  if (beside === NO_SLOT || !readText(znodes, beside, stats, true) || !isExact()) return;
  writeStats(znodes, beside, writeQuotaText(stats.count + countDiff, stats.bytes + bytesDiff, stats.others));
}

/** To those above the node that are still to be counted, but are not its quota's, it makes no difference. */
function leaveOut(znodes: Znodes, changed: Slot, stats: Slot, countDiff: number, bytesDiff: number): void {
  const { nodes, quotas } = znodes;
  for (let at = changed; at !== NO_SLOT; at = nodes.int(at, Int.parent) as Slot) {
    const uncounted = quotas.uncounted.get(at);
    if (uncounted === undefined || uncounted.stats === stats) continue;
    uncounted.elsewhereCount += countDiff;
    uncounted.elsewhereBytes += bytesDiff;
  }
}

/** Where it is stats that were made: they show what is below the path that they are about: at once where that is nothing. */
export function statsMade(znodes: Znodes, stats: Slot, path: Uint8Array, start: number, end: number): void {
  if (quotaNodeAt(path, start, end) !== QuotaNode.stats) return;
  const top = topOf(znodes, stats);
  if (top === NO_SLOT) writeStats(znodes, stats, writeQuotaText(0, 0, undefined));
  else znodes.quotas.await(top, stats);
}

/** What a client says of stats counts from here on; of stats that are gone nothing does. */
export function statsSettled(
  znodes: Znodes,
  stats: Slot,
  path: Uint8Array,
  start: number,
  end: number,
): void {
  if (znodes.quotas.uncounted.size === 0 || quotaNodeAt(path, start, end) !== QuotaNode.stats) return;
  znodes.quotas.forget(topOf(znodes, stats));
}

/** As `count` of a node that has gone, of which the slot and the path are as they were. */
export function countGone(
  znodes: Znodes,
  gone: Slot,
  path: Uint8Array,
  start: number,
  end: number,
  dataBytes: number,
): void {
  count(znodes, gone, path, start, end, -1, -Math.max(0, dataBytes));
  const uncounted = znodes.quotas.uncounted.get(gone);
  if (uncounted !== undefined) {
    znodes.quotas.forget(gone);
    const { stats: stale, elsewhereCount, elsewhereBytes } = uncounted;
    writeStats(znodes, stale, writeQuotaText(-elsewhereCount, -elsewhereBytes, undefined));
  }
  statsSettled(znodes, gone, path, start, end);
}

/** The node that stats are about, or NO_SLOT. */
export function topOf({ nodes, index }: Znodes, stats: Slot): Slot {
  const ref = nodes.int(stats, Int.pathRef);
  const start = nodes.bytes.offsetOf(ref);
  const end = prefixEnd(QuotaNode.stats, start + nodes.int(stats, Int.pathLength));
  return index.find(nodes.bytes.arrayOf(ref), start + PREFIX_START, end);
}

/** Gives a stats node its text. */
export function writeStats(znodes: Znodes, slot: Slot, text: string): void {
  const length = writeUtf8(written, 0, text);
  if (holdsWritten(znodes, slot, length)) return;
  znodes.beginChange(slot);
  znodes.putData(slot, written, 0, length);
  znodes.endChange(slot);
}

/** The stats beside limits, or NO_SLOT. */
export function statsBeside({ nodes, index }: Znodes, limitsSlot: Slot): Slot {
  const length = nodes.int(limitsSlot, Int.pathLength);
  if (scratch.length < length + STATS_MORE_BYTES) scratch = allocateBytes(2 * length + STATS_MORE_BYTES);
  nodes.copyPath(limitsSlot, scratch, 0);
  const found = index.find(scratch, 0, toStatsPath(scratch, length));
  if (scratch.length > MAX_KEPT_BYTES) scratch = allocateBytes(MAX_KEPT_BYTES);
  return found;
}

/** Reads limits or stats; false where they say nothing that can be read, which was there before quotas came into force. */
export function readText({ nodes }: Znodes, slot: Slot, into: QuotaText, withOthers: boolean): boolean {
  const length = nodes.int(slot, Int.dataLength);
  const ref = nodes.int(slot, Int.dataRef);
  if (length <= 0) return readQuotaText(scratch, 0, 0, into, withOthers);
  const at = nodes.bytes.offsetOf(ref);
  return readQuotaText(nodes.bytes.arrayOf(ref), at, at + length, into, withOthers);
}

/** The path that a quota's limits are about. */
export function pathOf({ nodes }: Znodes, limitsSlot: Slot): string {
  return nodes.path(limitsSlot).slice(PREFIX_START, prefixEnd(QuotaNode.limits, 0));
}

/** Whether the stats just read can be added to. */
function isExact(): boolean {
  return Number.isSafeInteger(stats.count) && Number.isSafeInteger(stats.bytes);
}

function holdsWritten({ nodes }: Znodes, slot: Slot, length: number): boolean {
  if (nodes.int(slot, Int.dataLength) !== length) return false;
  const ref = nodes.int(slot, Int.dataRef);
  return equalBytes(written, 0, nodes.bytes.arrayOf(ref), nodes.bytes.offsetOf(ref), length);
}
