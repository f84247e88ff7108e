import type { Random } from '../../../testkit/src/random.ts';
import {
  type Acl,
  addWatch,
  type CreateOptions,
  check,
  checkWatches,
  create,
  exists,
  flags,
  getAcl,
  getAllChildrenNumber,
  getChildren,
  getChildren2,
  getData,
  multi,
  multiRead,
  ping,
  type Request,
  remove,
  removeWatches,
  setAcl,
  setData,
  sync,
  type Watch,
  watcherType,
  watchMode,
  whoAmI,
} from '../requests.ts';

const MAX_IN_MULTI = 4;

const paths = ['/', '/a', '/a/b', '/a/b/c', '/a/d', '/e', '/e/f'];
const writeModes = [flags.persistent, flags.persistent, flags.persistent, flags.sequential];

export type AclLists = readonly (readonly Acl[])[];

/**
 * Any request that proves nothing. No ephemeral nodes: ZooKeeper deletes several of one session in the order of a hash table, and tells
 * watchers so. @param lists of whom nodes may belong to
 */
export function anyRequest(random: Random, lists: AclLists): Request {
  const roll = random.next();
  if (roll < 0.45) return aWrite(random, lists);
  if (roll < 0.8) return aRead(random);
  if (roll < 0.88)
    return multi(...some(random, () => (random.next() < 0.2 ? aCheck(random) : inMulti(random, lists))));
  if (roll < 0.91)
    return multiRead(...some(random, () => random.pick([getData, getChildren])(aPath(random))));
  if (roll < 0.97) return aboutWatches(random);
  return random.pick([whoAmI(), ping(), sync(aPath(random))]);
}

function some(random: Random, one: () => Request): Request[] {
  return Array.from({ length: random.between(1, MAX_IN_MULTI) }, one);
}

function aPath(random: Random): string {
  return random.pick(paths);
}

/** Mostly any; else one that may just be right. */
function aVersion(random: Random): number {
  return random.pick([-1, -1, -1, 0, 1, 2]);
}

function aCheck(random: Random): Request {
  return check(aPath(random), aVersion(random));
}

function aWrite(random: Random, lists: AclLists): Request {
  return random.next() < 0.1
    ? setAcl(aPath(random), random.pick(lists), aVersion(random))
    : inMulti(random, lists);
}

function inMulti(random: Random, lists: AclLists): Request {
  const roll = random.next();
  if (roll < 0.5) return aCreate(random, lists);
  if (roll < 0.75) return setData(aPath(random), random.pick(['', 'one', 'two', null]), aVersion(random));
  return remove(aPath(random), aVersion(random));
}

function aCreate(random: Random, lists: AclLists): Request {
  const path = aPath(random);
  const list = random.pick(lists);
  const roll = random.next();
  const options: CreateOptions =
    roll < 0.5
      ? { flags: random.pick(writeModes) }
      : roll < 0.8
        ? { flags: random.pick(writeModes), op: 'create2' }
        : roll < 0.9
          ? { flags: flags.container, op: 'createContainer' }
          : { flags: flags.ttl, op: 'createTTL', ttlMs: 3_600_000 };
  return create(path, random.pick(['', 'data', null]), { ...options, acl: list });
}

function aRead(random: Random): Request {
  const path = aPath(random);
  const watch: Watch = random.next() < 0.4 ? 'watch' : 'no watch';
  const roll = random.next();
  if (roll < 0.1) return getAcl(path);
  if (roll < 0.15) return getAllChildrenNumber(path);
  return random.pick([exists, getData, getChildren, getChildren2])(path, watch);
}

function aboutWatches(random: Random): Request {
  const path = aPath(random);
  const type = random.pick(Object.values(watcherType));
  const roll = random.next();
  if (roll < 0.5) return addWatch(path, random.pick(Object.values(watchMode)));
  return roll < 0.8 ? removeWatches(path, type) : checkWatches(path, type);
}
