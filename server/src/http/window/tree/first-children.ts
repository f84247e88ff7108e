import type { PagedChild } from '@rookery/protocol';
import type { Asker } from '../../v1/asker.ts';
import { ChildrenPageCall } from '../../v1/children-page-call.ts';
import { readable } from './permitted.ts';

/** Enough to tell what they are; a node may have millions. */
const MOST_LOOKED_AT = 2_000;

/** The children of a node that were made first, or all of them. */
export interface FirstChildren {
  readonly children: readonly PagedChild[];
  /** Of all of them. */
  readonly count: number;
}

/** undefined where the caller may not see them, or the node has gone. */
export async function firstChildren(asker: Asker, path: string): Promise<FirstChildren | undefined> {
  const children: PagedChild[] = [];
  const limit = Math.min(MOST_LOOKED_AT, asker.bounds.httpPageChildren);
  for (let cursor: Uint8Array | undefined; ; ) {
    const wanted = { limit, withStats: true, cursor };
    const page = await readable(asker.ask(new ChildrenPageCall(path, wanted)));
    if (page === undefined) return undefined;
    for (const child of page.children) if (children.length < MOST_LOOKED_AT) children.push(child);
    cursor = page.cursor;
    // One that leads nowhere: those that were behind it went meanwhile.
    const isOver = cursor === undefined || !page.isCursorKnown || children.length >= MOST_LOOKED_AT;
    if (isOver) return { children, count: Math.max(children.length, page.stat.numChildren) };
  }
}
