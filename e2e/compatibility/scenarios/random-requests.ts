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
  quota,
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
 * watchers so.
 *
 * @param lists of whom nodes may belong to
 * @param about nodes alone, or quotas, too
 * @param hurries several writes may be in a multi
 */
export function anyRequest(
  random: Random,
  lists: AclLists,
  about: 'quotas' | 'nodes' = 'nodes',
  hurries = true,
): Request {
  if (about === 'quotas' && random.next() < 0.4) return aboutQuotas(random);
  const roll = random.next();
  if (roll < 0.45) return aWrite(random, lists);
  if (roll < 0.8) return aRead(random);
  if (roll < 0.88)
    return multi(
      ...some(random, hurries, () => (random.next() < 0.2 ? aCheck(random) : inMulti(random, lists))),
    );
  if (roll < 0.91)
    return multiRead(...some(random, true, () => random.pick([getData, getChildren])(aPath(random))));
  if (roll < 0.97) return aboutWatches(random);
  return random.pick([whoAmI(), ping(), sync(aPath(random))]);
}

function some(random: Random, hurries: boolean, one: () => Request): Request[] {
  const many = random.between(1, MAX_IN_MULTI);
  return Array.from({ length: hurries ? many : 1 }, one);
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

/** Only what ZooKeeper can read: it ends of other texts. */
function aboutQuotas(random: Random): Request {
  const path = random.pick(['/', '/a', '/a/b']);
  const roll = random.next();
  if (roll < 0.3) return getData(quota(path, '/zookeeper_stats'));
  if (roll < 0.4) return create(quota(path));
  const [limits, stats] = [quota(path, '/zookeeper_limits'), quota(path, '/zookeeper_stats')];
  if (roll < 0.55) return create(limits, someLimits(random));
  if (roll < 0.7) return create(stats, 'count=0,bytes=0');
  if (roll < 0.8) return setData(limits, someLimits(random));
  if (roll < 0.85) return setData(stats, `count=${random.between(0, 9)},bytes=${random.between(0, 30)}`);
  return remove(random.pick([limits, stats]));
}

function someLimits(random: Random): string {
  const [soft, hard] = [random.between(-1, 9), random.between(-1, 30)];
  return random.pick([
    `count=${soft},bytes=${hard}`,
    `count=-1,bytes=-1=;byteHardLimit=${hard};countHardLimit=${soft}`,
    `count=${soft},bytes=-1=;byteHardLimit=${hard}`,
    `countHardLimit=${soft}`,
  ]);
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
