import { type AclList, OPEN_ACL } from '@rookery/protocol';

/** What happened to a node, in the protocol's numbers for events. */
export const EventType = { created: 1, deleted: 2, data: 3, children: 4 } as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export interface Change {
  readonly zxid: number;
  readonly type: EventType;
  readonly path: string;
}

/** A node as one write left it. */
export interface NodeRecord {
  readonly czxid: number;
  readonly mzxid: number;
  /** Of the last creation or deletion of a child. */
  readonly pzxid: number;
  readonly version: number;
  /** The session with which it goes; 0 for none. */
  readonly owner: number;
  readonly acl: AclList;
}

interface State {
  readonly zxid: number;
  /** undefined: it was deleted. */
  readonly node: NodeRecord | undefined;
}

/**
 * A tree of which every past state is kept, by zxid, and the changes in the order in which watches hear of them. Written for the
 * simulator alone and as plainly as can be: the members' trees are compared with it.
 */
export class TreeHistory {
  readonly changes: Change[] = [];
  readonly #states = new Map<string, State[]>();
  readonly #children = new Map<string, Set<string>>();
  readonly #owned = new Map<number, Set<string>>();
  /** Nodes that there are now; those with which a cluster begins are not among them. */
  nodeCount = 0;
  ephemeralCount = 0;

  now(path: string): NodeRecord | undefined {
    return this.#states.get(path)?.at(-1)?.node;
  }

  /** The node as it was when everything up to `zxid` had happened. */
  at(path: string, zxid: number): NodeRecord | undefined {
    return this.#states.get(path)?.findLast((state) => state.zxid <= zxid)?.node;
  }

  /** Names of the children at `zxid`, sorted. */
  childrenAt(parent: string, zxid: number): string[] {
    const names = [...(this.#children.get(parent) ?? [])];
    return names.filter((name) => this.at(`${parent}/${name}`, zxid) !== undefined).sort();
  }

  create(path: string, owner: number, zxid: number, acl: AclList = OPEN_ACL): void {
    this.#put(path, zxid, { czxid: zxid, mzxid: zxid, pzxid: zxid, version: 0, owner, acl });
    this.nodeCount++;
    if (owner !== 0) {
      this.ephemeralCount++;
      const owned = this.#owned.get(owner) ?? new Set();
      this.#owned.set(owner, owned.add(path));
    }
    const parent = parentOf(path);
    const names = this.#children.get(parent) ?? new Set();
    this.#children.set(parent, names.add(path.slice(path.lastIndexOf('/') + 1)));
    this.#touchParent(parent, zxid);
    this.changes.push(
      { zxid, type: EventType.created, path },
      { zxid, type: EventType.children, path: parent },
    );
  }

  set(path: string, zxid: number): void {
    const node = this.now(path);
    if (node === undefined) throw new Error(`the log sets ${path}, which is not there`);
    this.#put(path, zxid, { ...node, mzxid: zxid, version: node.version + 1 });
    this.changes.push({ zxid, type: EventType.data, path });
  }

  /** Nobody hears of it. */
  setAcl(path: string, zxid: number, acl: AclList): void {
    const node = this.now(path);
    if (node === undefined) throw new Error(`the log sets the list of ${path}, which is not there`);
    this.#put(path, zxid, { ...node, acl });
  }

  delete(path: string, zxid: number): void {
    const node = this.now(path);
    if (node === undefined) throw new Error(`the log deletes ${path}, which is not there`);
    this.#put(path, zxid, undefined);
    this.nodeCount--;
    if (node.owner !== 0) {
      this.ephemeralCount--;
      this.#owned.get(node.owner)?.delete(path);
    }
    const parent = parentOf(path);
    this.#touchParent(parent, zxid);
    this.changes.push(
      { zxid, type: EventType.deleted, path },
      { zxid, type: EventType.children, path: parent },
    );
  }

  /** What goes with a session goes in the order of the paths. */
  endSession(session: number, zxid: number): void {
    for (const path of this.ownedBy(session).sort()) this.delete(path, zxid);
    this.#owned.delete(session);
  }

  /** The node and all that are below it, the last path first. */
  pathsFrom(top: string): string[] {
    return [...this.#states.keys()]
      .filter((path) => (path === top || path.startsWith(`${top}/`)) && this.now(path) !== undefined)
      .sort()
      .reverse();
  }

  ownedBy(session: number): string[] {
    return [...(this.#owned.get(session) ?? [])];
  }

  #touchParent(parent: string, zxid: number): void {
    const node = this.now(parent);
    if (node !== undefined) this.#put(parent, zxid, { ...node, pzxid: zxid });
  }

  #put(path: string, zxid: number, node: NodeRecord | undefined): void {
    const states = this.#states.get(path);
    if (states === undefined) this.#states.set(path, [{ zxid, node }]);
    else states.push({ zxid, node });
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
