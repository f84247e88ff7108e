import { ChangeKind } from '../tree/outcome.ts';

/** What a watcher wants to hear of a path. One bit each: one watcher may watch one path in several ways. */
export const WatchMode = {
  /** One-shot, left by getData and exists. */
  data: 1,
  /** One-shot, left by getChildren. */
  children: 2,
  /** Stays; hears of the node and of its list of children. */
  persistent: 4,
  /** Stays; hears of the node and of everything below it, but of no lists of children: each child tells of itself. */
  recursive: 8,
} as const;
export type WatchMode = (typeof WatchMode)[keyof typeof WatchMode];

export const ANY_MODE = WatchMode.data | WatchMode.children | WatchMode.persistent | WatchMode.recursive;
/** Modes that hear of a node's data, creation and deletion. */
export const NODE_MODES = WatchMode.data | WatchMode.persistent | WatchMode.recursive;
/** Modes that hear of a node's list of children. */
export const LIST_MODES = WatchMode.children | WatchMode.persistent;

/** Which modes on the changed path itself hear of a change. A deletion is told once, however many of them a watcher has. */
export function hearers(kind: ChangeKind): number {
  if (kind === ChangeKind.deleted) return ANY_MODE;
  return kind === ChangeKind.children ? LIST_MODES : NODE_MODES;
}

/** Which one-shot modes a change uses up. */
export function spentBy(kind: ChangeKind): number {
  if (kind === ChangeKind.deleted) return WatchMode.data | WatchMode.children;
  return kind === ChangeKind.children ? WatchMode.children : WatchMode.data;
}
