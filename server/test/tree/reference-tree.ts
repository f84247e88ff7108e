import {
  type AclList,
  type CheckNotExistsWrite,
  type CheckStatWrite,
  type CreateWrite,
  decodeLatin1,
  decodeUtf8,
  OpCode,
  type SingleWrite,
  type Stat,
  type TreeWrite,
} from '@rookery/protocol';
import { resolveAcl } from '../../src/model/acl-rules.ts';

interface ReferenceNode {
  data: string | null;
  acl: AclList;
  owner: number;
  czxid: number;
  mzxid: number;
  pzxid: number;
  ctime: number;
  mtime: number;
  version: number;
  aversion: number;
  creations: number;
}

interface ReferenceResult {
  err: number;
  path?: string;
}

/**
 * What the tree should do, in the plainest way: a Map from path to an object, copied whole where something may have to be taken
 * back. Knows nothing of bytes, slots, digests or undo.
 */
export class ReferenceTree {
  nodes = new Map<string, ReferenceNode>();

  constructor() {
    const node = {
      data: '',
      owner: 0,
      czxid: 0,
      mzxid: 0,
      pzxid: 0,
      ctime: 0,
      mtime: 0,
      version: 0,
      creations: 0,
    };
    const open = [{ perms: 31, scheme: 'world', id: 'anyone' }];
    for (const path of ['/', '/zookeeper', '/zookeeper/quota']) {
      this.nodes.set(path, { ...node, acl: open, aversion: 0 });
    }
    const read = [{ perms: 1, scheme: 'world', id: 'anyone' }];
    this.nodes.set('/zookeeper/config', { ...node, acl: read, aversion: -1 });
  }

  clone(): ReferenceTree {
    const copy = new ReferenceTree();
    copy.nodes = new Map([...this.nodes].map(([path, node]) => [path, { ...node }]));
    return copy;
  }

  children(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.nodes.keys()]
      .filter(
        (other) => other !== path && other.startsWith(prefix) && !other.slice(prefix.length).includes('/'),
      )
      .map((other) => other.slice(prefix.length))
      .sort();
  }

  stat(path: string): Stat {
    const node = this.nodes.get(path)!;
    const numChildren = this.children(path).length;
    return {
      czxid: node.czxid,
      mzxid: node.mzxid,
      ctime: node.ctime,
      mtime: node.mtime,
      version: node.version,
      cversion: 2 * node.creations - numChildren,
      aversion: node.aversion,
      ephemeralOwner: Math.max(node.owner, 0),
      dataLength: node.data?.length ?? 0,
      numChildren,
      pzxid: node.pzxid,
    };
  }

  apply(write: TreeWrite, zxid: number, timeMs: number, session: number): ReferenceResult[] {
    if (write.op !== OpCode.multi) return [this.#one(write, zxid, timeMs, session)];
    const before = this.clone();
    const results: ReferenceResult[] = [];
    for (const step of write.writes) {
      const result = this.#one(step, zxid, timeMs, session);
      results.push(result);
      if (result.err === 0) continue;
      this.nodes = before.nodes;
      while (results.length < write.writes.length) results.push({ err: -2 });
      break;
    }
    return results;
  }

  closeSession(session: number, zxid: number): number {
    const paths = [...this.nodes].filter(([, node]) => node.owner === session).map(([path]) => path);
    for (const path of paths) {
      this.nodes.delete(path);
      this.nodes.get(parentOf(path))!.pzxid = zxid;
    }
    return paths.length;
  }

  #one(write: SingleWrite, zxid: number, timeMs: number, session: number): ReferenceResult {
    const path = decodeUtf8(write.bytes, write.pathStart, write.pathEnd);
    switch (write.op) {
      case OpCode.tryRemove:
        return { err: nothingToDo(this.#delete(path, write.version, zxid)) };
      case OpCode.removeRecursive:
        return { err: this.#deleteAll(path, write.limit, zxid) };
      case OpCode.checkNotExists:
      case OpCode.checkStat:
        return { err: this.#keeperCheck(path, write) };
      default:
    }
    if (write.op === OpCode.delete) return { err: this.#delete(path, write.version, zxid) };
    if (write.op === OpCode.check || write.op === OpCode.setData || write.op === OpCode.setAcl) {
      if (!write.pathValid) return { err: -8 };
      const acl = write.op === OpCode.setAcl ? resolveAcl(write.acl, []) : [];
      if (acl === undefined) return { err: -114 };
      const node = this.nodes.get(path);
      if (node === undefined) return { err: -101 };
      const permission = write.op === OpCode.check ? 1 : write.op === OpCode.setData ? 2 : 16;
      if (!mayWorld(node.acl, permission)) return { err: -102 };
      const version = write.op === OpCode.setAcl ? node.aversion : node.version;
      if (write.version !== -1 && write.version !== version) return { err: -103 };
      if (write.op === OpCode.setData) {
        node.data = dataOf(write);
        node.version++;
        node.mzxid = zxid;
        node.mtime = timeMs;
      } else if (write.op === OpCode.setAcl) {
        node.acl = acl;
        node.aversion++;
      }
      return { err: 0 };
    }
    return this.#create(path, write, zxid, timeMs, session);
  }

  #delete(path: string, version: number, zxid: number): number {
    if (!path.includes('/') || path.includes('\0')) return -8;
    if (['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'].includes(path)) return -8;
    const parent = this.nodes.get(parentOf(path));
    if (parent === undefined) return -101;
    if (!mayWorld(parent.acl, 8)) return -102;
    const node = this.nodes.get(path);
    if (node === undefined) return -101;
    if (version !== -1 && version !== node.version) return -103;
    if (this.children(path).length > 0) return -111;
    this.nodes.delete(path);
    parent.pzxid = zxid;
    return 0;
  }

  /** Node by node, as a client would that knows what is there, on a copy. */
  #deleteAll(top: string, limit: number, zxid: number): number {
    const first = this.clone().#delete(top, -1, zxid);
    if (first !== 0 && first !== -111) return nothingToDo(first);
    const below = [...this.nodes.keys()].filter((path) => path.startsWith(`${top}/`));
    if (below.length + 1 > Math.max(1, limit)) return -111;
    const copy = this.clone();
    for (const path of [...below, top].sort((a, b) => b.split('/').length - a.split('/').length)) {
      const err = copy.#delete(path, -1, zxid);
      if (err !== 0) return err;
    }
    this.nodes = copy.nodes;
    return 0;
  }

  #keeperCheck(path: string, write: CheckNotExistsWrite | CheckStatWrite): number {
    if (!write.pathValid) return -8;
    const node = this.nodes.get(path);
    if (node !== undefined && !mayWorld(node.acl, 1)) return -102;
    const isThatVersion = node !== undefined && (write.version === -1 || write.version === node.version);
    if (write.op === OpCode.checkNotExists) return isThatVersion ? -110 : 0;
    if (node === undefined) return -101;
    const stat: Record<string, number> = { ...this.stat(path) };
    const differs = Object.entries(write.stat).some(([name, value]) => value !== -1 && value !== stat[name]);
    return isThatVersion && !differs ? 0 : -103;
  }

  #create(sent: string, write: CreateWrite, zxid: number, timeMs: number, session: number): ReferenceResult {
    const { flags } = write;
    const ttlFlags = flags === 5 || flags === 6;
    if (flags < 0 || flags > 6 || (ttlFlags && (write.ttlMs < 1 || write.ttlMs > 2 ** 40 - 1)))
      return { err: -8 };
    if (!ttlFlags && write.op === OpCode.createTtl) return { err: -8 };
    if (write.op === OpCode.createIfNotExists && flags > 1) return { err: -8 };
    if (!sent.includes('/') || sent.includes('\0')) return { err: -8 };
    const acl = resolveAcl(write.acl, []);
    if (acl === undefined) return { err: -114 };
    const parent = this.nodes.get(parentOf(sent));
    if (parent === undefined) return { err: -101 };
    if (!mayWorld(parent.acl, 4)) return { err: -102 };
    if (!write.pathValid) return { err: -8 };
    const sequential = flags === 2 || flags === 3 || flags === 6;
    const path = sequential ? sent + String(parent.creations).padStart(10, '0') : sent;
    if (this.nodes.has(path)) return write.op === OpCode.createIfNotExists ? { err: 0, path } : { err: -110 };
    if (parent.owner > 0) return { err: -108 };
    let owner = 0;
    if (write.op === OpCode.createContainer) owner = -1;
    else if (ttlFlags) owner = -1 - write.ttlMs;
    else if (flags === 1 || flags === 3) owner = session;
    const zxids = { czxid: zxid, mzxid: zxid, pzxid: zxid };
    const counters = { version: 0, aversion: 0, creations: 0 };
    const data = dataOf(write);
    this.nodes.set(path, { data, acl, owner, ...zxids, ctime: timeMs, mtime: timeMs, ...counters });
    parent.creations++;
    parent.pzxid = zxid;
    return { err: 0, path };
  }
}

/** Not there, of another version, or with children. */
function nothingToDo(err: number): number {
  return [-101, -103, -111].includes(err) ? 0 : err;
}

function dataOf(write: { bytes: Uint8Array; dataStart: number; dataEnd: number }): string | null {
  return write.dataStart < 0 ? null : decodeLatin1(write.bytes, write.dataStart, write.dataEnd);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

/** Nobody in these runs has an identity. */
function mayWorld(acl: AclList, permission: number): boolean {
  return acl.some(
    ({ perms, scheme, id }) => scheme === 'world' && id === 'anyone' && (perms & permission) !== 0,
  );
}
