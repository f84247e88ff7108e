import { NO_SLOT, OpCode } from '@rookery/protocol';
import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { Outcome } from '../../src/tree/outcome.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { type ModelStep, QuotaModel } from './quota-model.ts';
import type { Subject } from './random-run.ts';
import { dataOf } from './tree-driver.ts';
import { create, multi, remove, setData } from './writes.ts';

export interface QuotaTotals {
  counted: number;
  refused: number;
  rollbacks: number;
  pieces: number;
  snapshots: number;
}

export const noQuotaTotals = (): QuotaTotals => ({
  counted: 0,
  refused: 0,
  rollbacks: 0,
  pieces: 0,
  snapshots: 0,
});

const FOLDER = '/zookeeper/quota';
const TOPS = ['/a', '/a/b', '/c', '/b/a'] as const;
const NAMES = ['a', 'b', 'ab', 'c'] as const;
const SESSIONS = [101, 102] as const;
const FLAGS_EPHEMERAL = 1;

/**
 * Random writes below paths that come and go, with quotas that do, too, on the tree and on the model; throws at the first difference. Long ones are applied
 * in pieces. At first quotas are not in force, and the tree is now and then one that was loaded from a snapshot.
 */
export function runQuotas(subject: Subject, seed: number, steps: number, totals: QuotaTotals): void {
  const random = new Random(seed);
  const pieceNodes = random.pick([1, 3, 1_000]);
  let tree = new subject.Tree({ hashSeed: seed, pieceNodes });
  const model = new QuotaModel();
  let zxid = 0;
  let isInForce = random.chance(0.7);
  if (isInForce) tree.beginQuotas();
  for (const path of ['/a', '/a/b', '/b', '/b/a', '/c']) {
    for (const made of [`${FOLDER}${path}`, path]) {
      const write = [{ op: 'create', path: made, data: 'd' } as const];
      apply(tree, write, ++zxid, false);
      model.apply(write, false);
    }
  }
  const check = (what: string, actual: unknown, expected: unknown): void => {
    const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== e) throw new Error(`seed ${seed}, zxid ${zxid}, ${what}: ${a}, not ${e}`);
  };
  const finish = (): void => {
    while (tree.isAmid) {
      totals.pieces++;
      check('changes of a piece that counts', tree.goOn().changeCount, 0);
    }
  };

  for (let step = 0; step < steps; step++) {
    zxid++;
    if (!isInForce) {
      // Nothing counts before: what the model makes of it is thrown away.
      plainly(random, tree, zxid, model);
      if (step < 40) continue;
      isInForce = true;
      tree.beginQuotas();
      finish();
      model.recount();
    } else if (random.chance(0.04)) {
      const session = random.pick(SESSIONS);
      let outcome = tree.closeSession(asSessionId(session), asZxid(zxid));
      while (tree.isAmid) outcome = tree.goOn();
      check('code of a close', outcome.err, 0);
      model.closeSession(session);
    } else {
      const length = random.chance(0.3) ? 1 + random.below(5) : 1;
      const share = random.pick([0.2, 0.8]);
      const written = Array.from({ length }, () => anyStep(random, model, share));
      const made = written.find(({ op, path }) => op === 'create' && path.endsWith('_stats'));
      if (made !== undefined && random.chance(0.2))
        written.push({ op: 'setData', path: made.path, data: 'count=7,bytes=7' });
      if (made !== undefined && random.chance(0.5))
        written.push(anyStep(random, model, 0), { op: 'setData', path: random.pick(TOPS), data: 'd' });
      const enforces = random.chance(0.7);
      const outcome = apply(tree, written, zxid, enforces);
      const codes = outcome.results.slice(0, outcome.count).map(({ err }) => err);
      const changes = outcome.changeCount;
      const expected = model.apply(written, enforces);
      check(`codes of ${JSON.stringify(written)}`, codes, expected);
      if (expected.some((err) => err !== 0)) check('changes of a failure', changes, 0);
      if (expected.length > 1 && expected[0] === 0 && expected.some((err) => err !== 0)) totals.rollbacks++;
      if (expected.includes(-125)) totals.refused++;
      finish();
    }
    compare();
    if (random.chance(0.05)) tree = reloaded(tree);
  }

  function compare(): void {
    check('digest', tree.digest(), tree.recomputeDigest());
    check('nodes', tree.nodeCount, model.nodes.size);
    const paths = [...model.nodes.keys()];
    check(
      'quotas',
      tree.znodes.quotas.count,
      paths.filter((path) => path.endsWith('/zookeeper_limits')).length,
    );
    for (const [path, { data }] of model.nodes) {
      const slot = tree.lookupText(path);
      check(`that ${path} is there`, slot === NO_SLOT, false);
      check(`data of ${path}`, dataOf(tree, slot) ?? null, data);
      if (path.endsWith('_stats')) totals.counted++;
    }
  }

  function reloaded(from: Tree): Tree {
    const sessions = new subject.SessionTable();
    const walk = subject.beginSnapshot(from, sessions, new Uint8Array(0));
    const loader = new subject.TreeLoader({ hashSeed: seed + 1, pieceNodes });
    for (let piece = walk.next(500); piece !== undefined; piece = walk.next(500)) loader.feed(piece);
    const loaded = loader.finish(Number.POSITIVE_INFINITY);
    if (loaded.state !== 'loaded') throw new Error(`seed ${seed}: the snapshot is ${JSON.stringify(loaded)}`);
    loaded.tree.keepQuotas();
    check('digest of the snapshot', loaded.tree.digest(), from.digest());
    totals.snapshots++;
    return loaded.tree;
  }
}

/** A write while quotas are not in force, which both take alike. */
function plainly(random: Random, tree: Tree, zxid: number, model: QuotaModel): void {
  const step = anyStep(random, model, 0.6);
  if (step.path.startsWith(`${FOLDER}/zookeeper_`) || (step.op !== 'delete' && step.data === 'garbage'))
    return;
  apply(tree, [step], zxid, true);
  const before = new Map([...model.nodes].map(([path, { data }]) => [path, data]));
  if (model.apply([step], false)[0] !== 0) return;
  for (const [path, node] of model.nodes) {
    if (path !== step.path && path.startsWith(FOLDER)) node.data = before.get(path)!;
    else if (path === step.path && step.op !== 'delete') node.data = step.data;
  }
}

function apply(tree: Tree, steps: readonly ModelStep[], zxid: number, enforces: boolean): Outcome {
  const writes = steps.map((step) => {
    switch (step.op) {
      case 'create':
        return create(step.path, {
          op: OpCode.create,
          data: step.data,
          flags: step.session === undefined ? 0 : FLAGS_EPHEMERAL,
        });
      case 'delete':
        return remove(step.path, -1);
      default:
        return setData(step.path, step.data, -1);
    }
  });
  const session =
    steps.flatMap((step) => (step.op === 'create' && step.session ? [step.session] : []))[0] ?? 101;
  const write = writes.length === 1 ? writes[0]! : multi(...writes);
  return tree.apply(write, asZxid(zxid), 1_000, asSessionId(session), [], enforces);
}

/** `share`: of steps that are about quotas. Mostly what can be done now. */
function anyStep(random: Random, model: QuotaModel, share: number): ModelStep {
  const path = random.chance(share) ? quotaPath(random) : dataPath(random);
  if (model.nodes.has(path) === random.chance(0.1)) {
    const session = random.chance(0.1) ? { session: SESSIONS[0] } : {};
    return { op: 'create', path, data: dataFor(random, path), ...session };
  }
  return random.chance(0.4) ? { op: 'delete', path } : { op: 'setData', path, data: dataFor(random, path) };
}

function dataPath(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => `/${random.pick(NAMES)}`).join('');
}

/** A quota's node, or one on the way to it. */
function quotaPath(random: Random): string {
  if (random.chance(0.02)) return `${FOLDER}/zookeeper_limits`;
  const parts = random.pick(TOPS).split('/').slice(1);
  const depth = random.chance(0.9) ? parts.length : 1;
  const folder = `${FOLDER}/${parts.slice(0, depth).join('/')}`;
  return `${folder}${random.pick(['', '/zookeeper_limits', '/zookeeper_limits', '/zookeeper_stats'])}`;
}

function dataFor(random: Random, path: string): string | null {
  if (!/zookeeper_(limits|stats)$/.test(path))
    return random.chance(0.2) ? null : 'd'.repeat(random.below(12));
  if (random.chance(0.05)) return 'garbage';
  if (path.endsWith('stats')) return random.pick(['count=0,bytes=0', 'count=3,bytes=10', null, '']);
  const value = (): number => random.pick([-1, 0, 2, 5, 20]);
  return random.pick([
    `count=${value()},bytes=${value()}`,
    `count=-1,bytes=-1=;byteHardLimit=${value()};countHardLimit=${value()}`,
    `countHardLimit=${value()}`,
    `byteHardLimit=${value()}`,
    '',
  ]);
}
