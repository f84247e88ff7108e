import { OPEN_ACL, OpCode, writeUtf8 } from '@rookery/protocol';
import { asZxid, NO_SESSION } from '../../src/model/ids.ts';
import { Tree } from '../../src/tree/tree.ts';

/**
 * Prints what a znode costs: node --expose-gc measure-memory.ts <nodes>. Data of 100 bytes, paths of 25. Also what the slowest
 * create took, which is a pause for everybody.
 */
const nodes = Number(process.argv[2] ?? 300_000);
const DATA_BYTES = 100;
const bytes = new Uint8Array(200).fill(0x64);

function create(tree: Tree, zxid: number, path: string): void {
  const pathEnd = writeUtf8(bytes, 0, path);
  const range = {
    bytes,
    pathStart: 0,
    pathEnd,
    pathValid: true,
    dataStart: pathEnd,
    dataEnd: pathEnd + DATA_BYTES,
  };
  const write = { op: OpCode.create, ...range, aclStart: 0, acl: OPEN_ACL, flags: 0, ttlMs: -1 };
  const { err } = tree.apply(write, asZxid(zxid), 1_795_376_850_797, NO_SESSION);
  if (err !== 0) throw new Error(`${path} is answered ${err}`);
}

function fill(tree: Tree, count: number): number {
  let slowestMs = 0;
  for (let i = 0; i < 100; i++) create(tree, tree.lastZxid + 1, `/folder-${String(i).padStart(4, '0')}`);
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    create(
      tree,
      tree.lastZxid + 1,
      `/folder-${String(i % 100).padStart(4, '0')}/node-${String(i).padStart(7, '0')}`,
    );
    slowestMs = Math.max(slowestMs, performance.now() - from);
  }
  return slowestMs;
}

// Warm: code and young generation have their size before the first look.
fill(new Tree(), 20_000);
globalThis.gc?.();
const before = process.memoryUsage();
const tree = new Tree();
const slowestMs = fill(tree, nodes);
globalThis.gc?.();
const after = process.memoryUsage();
console.log(
  JSON.stringify({
    nodes,
    rssBytesPerNode: Math.round((after.rss - before.rss) / nodes),
    heapBytesPerNode: Math.round((after.heapUsed - before.heapUsed) / nodes),
    slowestCreateMs: Math.round(slowestMs * 10) / 10,
    digest: tree.digest(),
  }),
);
