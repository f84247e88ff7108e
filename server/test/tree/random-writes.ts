import {
  type AclList,
  OPEN_ACL,
  OpCode,
  READ_ACL,
  type SingleWrite,
  STAT_FIELDS,
  type Stat,
  type TreeWrite,
} from '@rookery/protocol';
import type { Random } from '../../../testkit/src/random.ts';
import type { ReferenceTree } from './reference-tree.ts';
import {
  check,
  checkNotExists,
  checkStat,
  create,
  multi,
  remove,
  removeRecursive,
  setAcl,
  setData,
  tryRemove,
} from './writes.ts';

const NAMES = ['a', 'b', 'c', 'dé', 'x'.repeat(40)];
const BAD_PATHS = ['', 'a', '/a/', '//', '/a/../b', '/\0', '/zookeeper', '/nope/a', '/\u{1f600}', '/'];
const ACLS: readonly (AclList | null)[] = [
  READ_ACL,
  [{ perms: 31, scheme: 'digest', id: 'u:x' }],
  [{ perms: 27, scheme: 'world', id: 'anyone' }],
  [
    { perms: 31, scheme: 'world', id: 'anyone' },
    { perms: 1, scheme: 'ip', id: '10.0.0.0/8' },
  ],
  [],
  null,
  [{ perms: 31, scheme: 'auth', id: '' }],
];

/** Writes on a small tree, so that they meet each other often: mostly sensible, sometimes not. */
export function randomWrite(random: Random, reference: ReferenceTree): TreeWrite {
  if (!random.chance(0.25)) return randomStep(random, reference, true);
  const steps = Array.from({ length: random.below(6) }, () => randomStep(random, reference, false));
  return multi(...steps);
}

/** Half of them, and of the steps of multis, are ClickHouse Keeper's. */
export function randomKeeperWrite(random: Random, reference: ReferenceTree): TreeWrite {
  const step = (alone: boolean): SingleWrite =>
    random.chance(0.5) ? keeperStep(random, reference) : randomStep(random, reference, alone);
  if (random.chance(0.3)) return multi(...Array.from({ length: random.below(6) }, () => step(false)));
  return step(true);
}

function keeperStep(random: Random, reference: ReferenceTree): SingleWrite {
  const path = existing(random, reference);
  const below = `${path === '/' ? '' : path}/${random.pick(NAMES)}`;
  switch (random.below(6)) {
    case 0:
    case 1:
      return create(random.chance(0.5) ? path : below, {
        op: OpCode.createIfNotExists,
        flags: random.pick([0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 9]),
        data: data(random),
        acl: random.chance(0.85) ? OPEN_ACL : random.pick(ACLS),
      });
    case 2:
      return tryRemove(random.chance(0.8) ? path : below, version(random));
    case 3:
      return removeRecursive(
        random.chance(0.9) ? path : below,
        random.pick([0, 1, 2, 3, 5, 1_000, 4_294_967_295]),
      );
    case 4:
      return checkNotExists(random.chance(0.3) ? path : below, version(random));
    default:
      return checkStat(path, randomFields(random, reference, path), version(random));
  }
}

/** Mostly as they are. */
function randomFields(random: Random, reference: ReferenceTree, path: string): Partial<Stat> {
  if (!reference.nodes.has(path)) return {};
  const stat: Stat = { ...reference.stat(path) };
  const kept = STAT_FIELDS.filter(() => random.chance(0.4));
  const fields = Object.fromEntries(kept.map((field) => [field, stat[field]]));
  const wrong = random.pick([...STAT_FIELDS]);
  return random.chance(0.3) ? { ...fields, [wrong]: stat[wrong] + 1 + random.below(2) } : fields;
}

function randomStep(random: Random, reference: ReferenceTree, alone: boolean): SingleWrite {
  const kind = random.below(100);
  if (kind < 45) return randomCreate(random, reference);
  if (kind < 65) return remove(existing(random, reference), version(random));
  if (kind < 85) return setData(existing(random, reference), data(random), version(random));
  if (kind < 92 || !alone) return check(existing(random, reference), version(random));
  return setAcl(
    existing(random, reference),
    random.chance(0.4) ? OPEN_ACL : random.pick(ACLS),
    version(random),
  );
}

function randomCreate(random: Random, reference: ReferenceTree): SingleWrite {
  const parent = existing(random, reference);
  const path = `${parent === '/' ? '' : parent}/${random.pick(NAMES)}`;
  const op = random.pick([
    OpCode.create,
    OpCode.create,
    OpCode.create2,
    OpCode.createContainer,
    OpCode.createTtl,
  ]);
  return create(random.chance(0.05) ? random.pick(BAD_PATHS) : path, {
    op,
    flags: op === OpCode.createTtl ? random.pick([5, 5, 6, 0]) : random.pick([0, 0, 0, 1, 1, 2, 3, 4, 5, 9]),
    ttlMs: op === OpCode.createTtl ? random.pick([1, 5000, 2 ** 40 - 1, 0]) : -1,
    data: data(random),
    acl: random.chance(0.85) ? OPEN_ACL : random.pick(ACLS),
  });
}

function existing(random: Random, reference: ReferenceTree): string {
  if (random.chance(0.05)) return random.pick(BAD_PATHS);
  // Shallow nodes more often: they come first in order of creation.
  const paths = [...reference.nodes.keys()];
  return paths[random.below(random.below(paths.length) + 1)]!;
}

function version(random: Random): number {
  return random.chance(0.7) ? -1 : random.below(3);
}

function data(random: Random): string | null {
  const kind = random.below(20);
  if (kind === 0) return null;
  if (kind === 1) return 'l'.repeat(8190 + random.below(40));
  return 'd'.repeat(random.below(kind < 10 ? 12 : 300));
}
