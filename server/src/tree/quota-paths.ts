import { encodeUtf8, equalBytes } from '@rookery/protocol';

const FOLDER = encodeUtf8('/zookeeper/quota/');
const LIMITS = encodeUtf8('/zookeeper_limits');
const STATS = encodeUtf8('/zookeeper_stats');
/** Where in the path of a quota's node the path begins that it is about: both have the slash. */
export const PREFIX_START = FOLDER.length - 1;
/** Where few other paths have this byte. */
const RARE_AT = 11;
const RARE = 0x71;

/** What a node is to quotas. */
export const QuotaNode = {
  none: 0,
  /** What may be below a path. */
  limits: 1,
  /** What is below it. */
  stats: 2,
} as const;
export type QuotaNode = (typeof QuotaNode)[keyof typeof QuotaNode];

/** False of nearly all paths that are no quota's node, by one look. */
export function mayBeQuotaNode(path: Uint8Array, start: number): boolean {
  return path[start + RARE_AT] === RARE;
}

/** `/zookeeper/quota` + the path that it is about + `/zookeeper_limits`, or `/zookeeper_stats`. */
export function quotaNodeAt(path: Uint8Array, start: number, end: number): QuotaNode {
  if (!mayBeQuotaNode(path, start)) return QuotaNode.none;
  if (end - start <= FOLDER.length || !equalBytes(FOLDER, 0, path, start, FOLDER.length))
    return QuotaNode.none;
  if (endsWith(path, start, end, LIMITS)) return QuotaNode.limits;
  return endsWith(path, start, end, STATS) ? QuotaNode.stats : QuotaNode.none;
}

/** Whether such a node is about a path below the root: of the root itself ZooKeeper keeps no quota. */
export function isAboutAPath(kind: QuotaNode, start: number, end: number): boolean {
  return prefixEnd(kind, end) > start + PREFIX_START;
}

/** Where the path ends that a quota's node is about, of which the node's path ends at `end`. */
export function prefixEnd(kind: QuotaNode, end: number): number {
  return end - (kind === QuotaNode.limits ? LIMITS.length : STATS.length);
}

/** Makes the path of a stats node out of that of the limits beside it, in `path` itself. Returns where it ends. */
export function toStatsPath(path: Uint8Array, end: number): number {
  const at = prefixEnd(QuotaNode.limits, end);
  path.set(STATS, at);
  return at + STATS.length;
}

function endsWith(path: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  const at = end - name.length;
  return at >= start + PREFIX_START && equalBytes(name, 0, path, at, name.length);
}
