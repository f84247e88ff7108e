import {
  type AclList,
  emptyStat,
  type Identities,
  NO_SLOT,
  type Slot,
  type Stat,
  type TreeWrite,
} from '@rookery/protocol';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import { Tree, type TreeOptions } from '../../src/tree/tree.ts';

/** A tree that counts its own zxids and can be looked at by path. */
export class TreeDriver {
  readonly tree: Tree;
  zxid = 0;
  timeMs = 1_000_000;

  constructor(options: TreeOptions = {}) {
    this.tree = new Tree(options);
  }

  /** The outcome in plain, lasting form. */
  apply(write: TreeWrite, session = 0, identities?: Identities) {
    this.zxid++;
    this.timeMs += 10;
    const outcome = this.tree.apply(write, asZxid(this.zxid), this.timeMs, asSessionId(session), identities);
    return {
      err: outcome.err,
      results: outcome.results.slice(0, outcome.count).map((result) => ({
        err: result.err,
        path: result.pathStart < 0 ? undefined : outcome.createdPath(result),
        stat: { ...result.stat },
      })),
      changes: Array.from(
        { length: outcome.changeCount },
        (_, at) => `${outcome.changeKind(at)} ${outcome.changePath(at)}`,
      ),
    };
  }

  closeSession(session: number): string[] {
    this.zxid++;
    const outcome = this.tree.closeSession(asSessionId(session), asZxid(this.zxid));
    return Array.from(
      { length: outcome.changeCount },
      (_, at) => `${outcome.changeKind(at)} ${outcome.changePath(at)}`,
    );
  }

  exists(path: string): boolean {
    return this.tree.lookupText(path) !== NO_SLOT;
  }

  stat(path: string): Stat {
    return statOf(this.tree, this.slot(path));
  }

  /** undefined for null data. */
  data(path: string): string | undefined {
    return dataOf(this.tree, this.slot(path));
  }

  acl(path: string): AclList {
    return this.tree.acl(this.slot(path));
  }

  children(path: string): string[] {
    return childrenOf(this.tree, this.slot(path));
  }

  slot(path: string): Slot {
    const slot = this.tree.lookupText(path);
    if (slot === NO_SLOT) throw new Error(`no node ${path}`);
    return slot;
  }
}

export function statOf(tree: Tree, slot: Slot): Stat {
  const stat = emptyStat();
  tree.readStat(slot, stat);
  return stat;
}

export function dataOf(tree: Tree, slot: Slot): string | undefined {
  const length = tree.dataLength(slot);
  if (length < 0) return undefined;
  const data = Buffer.alloc(length);
  tree.copyData(slot, data, 0);
  return data.toString('latin1');
}

/** Names, sorted. */
export function childrenOf(tree: Tree, slot: Slot): string[] {
  const names: string[] = [];
  for (let child = tree.firstChild(slot); child !== NO_SLOT; child = tree.nextSibling(child)) {
    const name = Buffer.alloc(tree.nameLength(child));
    tree.copyName(child, name, 0);
    names.push(name.toString());
  }
  return names.sort();
}
