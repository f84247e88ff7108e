import { Random } from '../../../testkit/src/random.ts';
import {
  absolute,
  addWatch,
  auth,
  check,
  checkWatches,
  closeSession,
  create,
  exists,
  flags,
  getAcl,
  getAllChildrenNumber,
  getChildren,
  getChildren2,
  getData,
  getEphemerals,
  multi,
  multiRead,
  openAcl,
  ping,
  type Request,
  raw,
  remove,
  removeWatches,
  setAcl,
  setData,
  setWatches2,
  sync,
  watcherType,
  watchMode,
  whoAmI,
} from '../requests.ts';
import { ann, bob, cleo, type Scenario, scenario, theOthersAreLost, under } from '../scenario.ts';
import { anyRequest } from './random-requests.ts';

const READER = { readOnly: true } as const;

/** A member that has lost the others, with read-only mode switched on. */
export const readOnly: readonly Scenario[] = under(
  'read-only',
  scenario(
    'read-only/what is read',
    ann.connects(),
    ann.sends(create('/a', 'one'), create('/a/b', 'two'), setData('/a', 'three')),
    ann.sends(sync('/')),
    theOthersAreLost,
    bob.connects(READER),
    bob.sends(getData('/a')),
    bob.sends(exists('/a/b')),
    bob.sends(exists('/none')),
    bob.sends(getData('/none')),
    bob.sends(getChildren('/a'), getChildren2('/a')),
    bob.sends(getAcl('/a')),
    bob.sends(getAllChildrenNumber('/a')),
    bob.sends(getEphemerals('/')),
    bob.sends(multiRead(getData('/a'), getChildren('/a'), getData('/none'))),
    bob.sends(whoAmI()),
    bob.sends(auth('digest', 'bob:secret'), whoAmI()),
    bob.sends(getData(absolute('/zookeeper/quota'))),
    bob.sends(ping()),
  ),
  scenario(
    'read-only/what is written',
    ann.connects(),
    ann.sends(create('/a', 'one')),
    theOthersAreLost,
    bob.connects(READER),
    bob.sends(create('/b')),
    bob.sends(create('/b', '', { op: 'create2' })),
    bob.sends(create('/b', '', { op: 'createContainer', flags: flags.container })),
    bob.sends(create('/b', '', { op: 'createTTL', flags: flags.ttl, ttlMs: 1_000 })),
    bob.sends(create('/b', '', { flags: flags.ephemeral })),
    bob.sends(setData('/a', 'two')),
    bob.sends(setAcl('/a', openAcl)),
    bob.sends(remove('/a')),
    bob.sends(remove('/none')),
    bob.sends(multi(create('/b'), setData('/a', 'x'))),
    bob.sends(multi(check('/a', 0))),
    bob.sends(sync('/')),
    bob.sends(raw('reconfig', [{ text: null }, { text: '1' }, { text: null }, { long: -1 }])),
    bob.sends(getData('/a')),
    bob.sends(setData('/a', 'three'), getData('/a'), remove('/a'), getData('/a')),
  ),
  scenario(
    'read-only/watches are taken',
    ann.connects(),
    ann.sends(create('/a', 'one')),
    theOthersAreLost,
    bob.connects(READER),
    bob.sends(getData('/a', 'watch'), exists('/none', 'watch'), getChildren('/a', 'watch')),
    bob.sends(addWatch('/a', watchMode.recursive)),
    bob.sends(checkWatches('/a', watcherType.data)),
    bob.sends(removeWatches('/a', watcherType.data)),
    bob.sends(removeWatches('/other', watcherType.any)),
    bob.remembers('now'),
    bob.sends(setWatches2({ since: 'now', data: ['/a'], exist: ['/a'], child: ['/none'] })),
  ),
  scenario(
    'read-only/a client that wants more',
    theOthersAreLost,
    ann.connects(),
    ann.isClosed(),
    bob.connects({ readOnly: 'absent' }),
    bob.isClosed(),
    cleo.connects(READER),
    cleo.sends(closeSession()),
    cleo.isClosed(),
  ),
);

const BEFORE = 30;
const ALONE = 60;

/** Any requests, of a client of the whole ensemble and then of one that takes a read-only member. */
export function randomReadOnly(seed: number): Scenario {
  const random = new Random(seed);
  const some = (count: number): Request[] =>
    Array.from({ length: count }, () => anyRequest(random, [openAcl]));
  const [played] = under(
    'read-only',
    scenario(
      `random read-only/seed ${seed}`,
      ann.connects(),
      ...some(BEFORE).map((request) => ann.sends(request)),
      ann.sends(sync('/')),
      theOthersAreLost,
      bob.connects(READER),
      ...some(ALONE).map((request) => bob.sends(request)),
    ),
  );
  return played!;
}
