import { NO_SLOT, OpCode } from '@rookery/protocol';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { SessionTable } from '../../src/session/table.ts';
import type { SnapshotWalk } from '../../src/tree/snapshot-walk.ts';
import type { Tree, TreeOptions } from '../../src/tree/tree.ts';
import type { TreeLoader } from '../../src/tree/tree-loader.ts';
import { randomWrite } from './random-writes.ts';
import { ReferenceTree } from './reference-tree.ts';
import { childrenOf, dataOf, statOf } from './tree-driver.ts';

/** What is under test; the planted bugs pass in mutated copies. */
export interface Subject {
  readonly Tree: new (options?: TreeOptions) => Tree;
  readonly SessionTable: new () => SessionTable;
  readonly TreeLoader: new (options?: TreeOptions) => TreeLoader;
  readonly beginSnapshot: (tree: Tree, sessions: SessionTable, extra: Uint8Array) => SnapshotWalk;
}

export interface Totals {
  writes: number;
  failures: number;
  rollbacks: number;
  sessionsClosed: number;
  ephemeralsDeleted: number;
  snapshots: number;
  aborted: number;
}

export const noTotals = (): Totals => ({
  writes: 0,
  failures: 0,
  rollbacks: 0,
  sessionsClosed: 0,
  ephemeralsDeleted: 0,
  snapshots: 0,
  aborted: 0,
});

interface Taking {
  readonly walk: SnapshotWalk;
  readonly loader: TreeLoader;
  readonly reference: ReferenceTree;
  readonly digest: string;
  readonly sessions: string;
}

const SESSIONS = [101, 102, 103];

/** Runs random writes on the tree and on the reference and compares everything; throws at the first difference. */
export function runSeed(
  subject: Subject,
  seed: number,
  steps: number,
  totals: Totals,
  makeWrite: typeof randomWrite = randomWrite,
): void {
  const random = new Random(seed);
  const tree = new subject.Tree({ hashSeed: random.below(2 ** 31) });
  const sessions = new subject.SessionTable();
  const reference = new ReferenceTree();
  let taking: Taking | undefined;
  let zxid = random.below(10) * 2 ** 40;
  for (const id of SESSIONS) sessions.create(asSessionId(id), 1000, 1);
  const check = (what: string, actual: unknown, expected: unknown): void => {
    const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== e) throw new Error(`seed ${seed}, zxid ${zxid}, ${what}: ${a}, not ${e}`);
  };

  for (let step = 0; step < steps; step++) {
    zxid += 1 + random.below(3);
    const session = random.pick(SESSIONS);
    if (random.chance(0.03)) {
      const outcome = tree.closeSession(asSessionId(session), asZxid(zxid));
      const deleted = reference.closeSession(session, zxid);
      check('changes', outcome.changeCount, 2 * deleted);
      totals.sessionsClosed++;
      totals.ephemeralsDeleted += deleted;
    } else {
      const write = makeWrite(random, reference);
      const timeMs = 1.7e12 + zxid;
      const outcome = tree.apply(write, asZxid(zxid), timeMs, asSessionId(session));
      const expected = reference.apply(write, zxid, timeMs, session);
      const results = outcome.results.slice(0, outcome.count);
      check(
        'codes',
        results.map((r) => r.err),
        expected.map((r) => r.err),
      );
      check('code', outcome.err, expected.find((r) => r.err !== 0)?.err ?? 0);
      if (outcome.err === 0) {
        check(
          'created paths',
          results.map((r) => (r.pathStart < 0 ? undefined : outcome.createdPath(r))),
          expected.map((r) => r.path),
        );
      }
      const [created] = results;
      const isCreated = created !== undefined && created.pathStart >= 0 && !created.isVoid;
      if (outcome.err === 0 && isCreated && results.length === 1) {
        check('stat', created.stat, reference.stat(outcome.createdPath(created)));
      }
      totals.writes++;
      if (outcome.err !== 0) totals.failures++;
      if (outcome.err !== 0 && write.op === OpCode.multi && outcome.results[0]!.err === 0) totals.rollbacks++;
    }
    if (random.chance(0.2)) sessions.attach(asSessionId(random.pick(SESSIONS)), step + 2);
    if (step % 16 === 0) compare(tree, reference, check);
    taking = takeSnapshot(taking);
  }
  compare(tree, reference, check);

  function takeSnapshot(current: Taking | undefined): Taking | undefined {
    if (current === undefined) {
      if (!random.chance(0.1)) return undefined;
      return {
        walk: subject.beginSnapshot(tree, sessions, Uint8Array.of(seed)),
        loader: new subject.TreeLoader({ hashSeed: seed }),
        reference: reference.clone(),
        digest: tree.digest(),
        sessions: JSON.stringify([...sessions.values()]),
      };
    }
    if (random.chance(0.01)) {
      current.walk.abort();
      check('a piece after abort', current.walk.next(100), undefined);
      totals.aborted++;
      return undefined;
    }
    if (random.chance(0.5)) return current;
    const piece = current.walk.next(1 + random.below(random.chance(0.2) ? 20_000 : 800));
    if (piece !== undefined) {
      check('fault', current.loader.feed(piece), undefined);
      return current;
    }
    compareLoaded(current);
    totals.snapshots++;
    return undefined;
  }

  function compareLoaded(taken: Taking): void {
    let loaded = taken.loader.finish(3);
    while (loaded.state === 'linking') loaded = taken.loader.finish(1 + random.below(5));
    if (loaded.state === 'failed') throw new Error(`seed ${seed}: the snapshot is ${loaded.fault}`);
    check('digest of the snapshot', loaded.tree.digest(), taken.digest);
    check('sessions of the snapshot', JSON.stringify([...loaded.sessions.values()]), taken.sessions);
    check('extra', [...loaded.extra], [seed & 255]);
    compare(loaded.tree, taken.reference, check);
    for (const session of SESSIONS) {
      const outcome = loaded.tree.closeSession(asSessionId(session), asZxid(loaded.tree.lastZxid + 1));
      const owned = [...taken.reference.nodes.values()].filter((node) => node.owner === session).length;
      check('ephemerals of the snapshot', outcome.changeCount, 2 * owned);
    }
  }
}

function compare(
  tree: Tree,
  reference: ReferenceTree,
  check: (what: string, actual: unknown, expected: unknown) => void,
): void {
  check('node count', tree.nodeCount, reference.nodes.size);
  check('digest', tree.digest(), tree.recomputeDigest());
  for (const [path, node] of reference.nodes) {
    const slot = tree.lookupText(path);
    if (slot === NO_SLOT) throw new Error(`${path} is missing`);
    check(`stat of ${path}`, statOf(tree, slot), reference.stat(path));
    check(`data of ${path}`, dataOf(tree, slot) ?? null, node.data);
    check(`acl of ${path}`, tree.acl(slot), node.acl);
    check(`children of ${path}`, childrenOf(tree, slot), reference.children(path));
  }
}
