import { Random } from '../../../testkit/src/random.ts';
import { asSessionId, asZxid } from '../../src/model/ids.ts';
import type { SessionTable } from '../../src/session/table.ts';
import type { SnapshotWalk } from '../../src/tree/snapshot-walk.ts';
import type { Tree, TreeOptions } from '../../src/tree/tree.ts';
import { type DatabaseId, NO_DATABASE } from '../../src/zookeeper-snapshot/format.ts';
import type { SnapshotConversion, SnapshotSurvey, Survey } from '../../src/zookeeper-snapshot/from-own.ts';
import { randomWrite } from '../tree/random-writes.ts';
import { ReferenceTree } from '../tree/reference-tree.ts';
import { type ReadNode, readSnapshot } from './read-snapshot.ts';

/** What is under test; the planted bugs pass in mutated copies. */
export interface Subject {
  readonly Tree: new (options?: TreeOptions) => Tree;
  readonly SessionTable: new () => SessionTable;
  readonly beginSnapshot: (tree: Tree, sessions: SessionTable, extra: Uint8Array) => SnapshotWalk;
  readonly SnapshotSurvey: new () => SnapshotSurvey;
  readonly SnapshotConversion: new (survey: Survey, zxid: number, database: DatabaseId) => SnapshotConversion;
}

const SESSIONS = [101, 102, 2 ** 45];

/** ZooKeeper's bytes of a snapshot of ours that comes in these pieces. Throws where they cannot be read, or are not as long as was said. */
export function convert(subject: Subject, pieces: readonly Uint8Array[], zxid: number): Uint8Array {
  const survey = new subject.SnapshotSurvey();
  for (const piece of pieces) expectNone(survey.feed(piece));
  const found = survey.finish();
  if (found === undefined) throw new Error('the snapshot ends too early');
  const conversion = new subject.SnapshotConversion(found, zxid, NO_DATABASE);
  const made = pieces.map((piece) => {
    const some = conversion.feed(piece);
    if (typeof some === 'string') throw new Error(some);
    return some;
  });
  const bytes = Buffer.concat(made);
  if (bytes.length !== found.bytes) throw new Error(`${bytes.length} bytes, not ${found.bytes}`);
  return bytes;
}

function expectNone(fault: string | undefined): void {
  if (fault !== undefined) throw new Error(fault);
}

/** Random writes; a snapshot of what they made; more of them while it is taken: the bytes tell of what was there when it began, parents first. */
export function runSeed(subject: Subject, seed: number): void {
  const random = new Random(seed);
  const tree = new subject.Tree({ hashSeed: seed });
  const sessions = new subject.SessionTable();
  const reference = new ReferenceTree();
  for (const id of SESSIONS) sessions.create(asSessionId(id), 1000 + (id % 7), 1);
  let zxid = random.below(5) * 2 ** 40;
  const write = (): void => {
    zxid += 1 + random.below(3);
    const session = random.pick(SESSIONS);
    if (random.chance(0.03)) {
      tree.closeSession(asSessionId(session), asZxid(zxid));
      reference.closeSession(session, zxid);
      return;
    }
    const some = randomWrite(random, reference);
    tree.apply(some, asZxid(zxid), 1.7e12 + zxid, asSessionId(session));
    reference.apply(some, zxid, 1.7e12 + zxid, session);
  };
  for (let count = 50 + random.below(150); count > 0; count--) write();
  const before = reference.clone();
  const begunAt = zxid;
  const walk = subject.beginSnapshot(tree, sessions, Uint8Array.of(1));
  const pieces: Uint8Array[] = [];
  for (let piece = walk.next(300); piece !== undefined; piece = walk.next(1 + random.below(600))) {
    pieces.push(piece);
    for (let count = random.below(4); count > 0; count--) write();
  }
  const read = readSnapshot(convert(subject, pieces, begunAt), 1 + random.below(500));
  if (typeof read === 'string') throw new Error(`seed ${seed}: ${read}`);
  same(seed, 'zxid', read.zxid, begunAt);
  same(
    seed,
    'sessions',
    [...read.sessions],
    SESSIONS.map((id) => [owner(id), 1000 + (id % 7)]),
  );
  same(seed, 'paths', [...read.nodes.keys()].sort(), [...before.nodes.keys()].sort());
  for (const [path, { creations, owner: owned, ...rest }] of before.nodes) {
    const expected: ReadNode = { ...rest, cversion: creations, owner: owner(owned) };
    const found = read.nodes.get(path)!;
    for (const field of Object.keys(found) as (keyof ReadNode)[])
      same(seed, `${field} of ${path}`, found[field], expected[field]);
  }
}

/** In ZooKeeper's 64 bits. */
function owner(number: number): string {
  if (number === -1) return '8000000000000000';
  const text = (value: number): string => value.toString(16);
  return number < 0 ? `ff0000${text(-1 - number).padStart(10, '0')}` : text(number).padStart(16, '0');
}

function same(seed: number, what: string, actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`seed ${seed}, ${what}: ${a}, not ${e}`);
}
