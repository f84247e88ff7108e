import { Random } from '../../../testkit/src/random.ts';
import {
  type Acl,
  acl,
  addWatch,
  auth,
  type CreateOptions,
  check,
  checkWatches,
  create,
  digestId,
  exists,
  flags,
  getAcl,
  getAllChildrenNumber,
  getChildren,
  getChildren2,
  getData,
  multi,
  multiRead,
  openAcl,
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
import { ann, bob, type client, type Scenario, type Step, scenario } from '../scenario.ts';

const STEPS = 60;
const MAX_PIPELINED = 5;
const MAX_IN_MULTI = 4;

const paths = ['/', '/a', '/a/b', '/a/b/c', '/a/d', '/e', '/e/f'];
const writeModes = [flags.persistent, flags.persistent, flags.persistent, flags.sequential];
const users = ['ann', 'bob'];
const aclLists: readonly (readonly Acl[])[] = [
  openAcl,
  openAcl,
  openAcl,
  [acl(31, 'digest', digestId('ann', 'secret'))],
  [acl(1, 'world', 'anyone'), acl(31, 'digest', digestId('bob', 'secret'))],
  [acl(31, 'ip', '127.0.0.1')],
  [acl(23, 'world', 'anyone')],
];

/**
 * Requests of two clients, as a seed has it. No ephemeral nodes: ZooKeeper deletes several of one session in the order of a hash
 * table, and tells watchers so.
 */
export function randomScenario(seed: number): Scenario {
  const random = new Random(seed);
  const clients = [ann, bob];
  const steps: Step[] = clients.map((each) => each.connects());
  const pick = (): ReturnType<typeof client> => random.pick(clients);
  for (let i = 0; i < STEPS; i++) {
    const requests = Array.from({ length: random.pick([1, 1, 1, MAX_PIPELINED]) }, () => anyRequest(random));
    const who = pick();
    // In a pipe ZooKeeper authenticates past what stands before it, and checks writes behind a setACL by the ACL of before.
    for (const each of requests.filter(isAboutRights)) steps.push(who.sends(each));
    const others = requests.filter((request) => !isAboutRights(request));
    if (others.length > 0) steps.push(who.sends(...others));
  }
  return scenario(`random/seed ${seed}`, ...steps, ...clients.map((each) => each.sends(ping())));
}

function isAboutRights({ op }: Request): boolean {
  return op === 'auth' || op === 'setACL';
}

function anyRequest(random: Random): Request {
  const roll = random.next();
  if (roll < 0.45) return aWrite(random);
  if (roll < 0.8) return aRead(random);
  if (roll < 0.88)
    return multi(...some(random, () => (random.next() < 0.2 ? aCheck(random) : inMulti(random))));
  if (roll < 0.91)
    return multiRead(...some(random, () => random.pick([getData, getChildren])(aPath(random))));
  if (roll < 0.97) return aboutWatches(random);
  if (roll < 0.98) return auth('digest', `${random.pick(users)}:secret`);
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

function aWrite(random: Random): Request {
  return random.next() < 0.1
    ? setAcl(aPath(random), random.pick(aclLists), aVersion(random))
    : inMulti(random);
}

function inMulti(random: Random): Request {
  const roll = random.next();
  if (roll < 0.5) return aCreate(random);
  if (roll < 0.75) return setData(aPath(random), random.pick(['', 'one', 'two', null]), aVersion(random));
  return remove(aPath(random), aVersion(random));
}

function aCreate(random: Random): Request {
  const path = aPath(random);
  const list = random.pick(aclLists);
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
