import { Random } from '../../../testkit/src/random.ts';
import { absolute, auth, create, getData, type Request, reconfig, setAcl, sync } from '../requests.ts';
import { ann, bob, type Scenario, type Step, scenario, under } from '../scenario.ts';

const CONFIG = absolute('/zookeeper/config');
const proof = auth('digest', 'super:test');

/** Nobody is there, and says so at once: ZooKeeper's leader dials whoever it is told of. */
const observer = (serverId: number): string => `server.${serverId}=127.0.0.1:2:3:observer;0.0.0.0:1`;

const asked = { joining: null, leaving: null, newMembers: null, version: -1 };

/** One after the other: each is a change of its own. */
const each = (...requests: readonly Request[]): Step[] => requests.map((request) => ann.sends(request));

/** What is refused, whoever asks. */
const REFUSED: readonly Request[] = [
  reconfig({ ...asked, joining: 'some thing' }),
  reconfig({ ...asked, joining: 'server.104' }),
  reconfig({ ...asked, joining: 'server.104=' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:3:observer' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:observer;1' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:2:observer;1' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:3:boss;1' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:x:observer;1' }),
  reconfig({ ...asked, joining: 'server.104=127.0.0.1:2:3:observer;1=2' }),
  reconfig({ ...asked, joining: `${observer(104)},nothing` }),
  reconfig({ ...asked, joining: 'server.x=127.0.0.1:2:3:observer;1' }),
  reconfig({ ...asked, leaving: 'one' }),
  reconfig({ ...asked, leaving: '2,3' }),
  reconfig({ ...asked, leaving: '1,2,3' }),
  reconfig({ ...asked, newMembers: 'server.1=127.0.0.1:2:3;1' }),
  reconfig({ ...asked, newMembers: 'nonsense=1' }),
  reconfig({ ...asked, newMembers: '' }),
  reconfig({ ...asked, version: 12_345 }),
  reconfig({ ...asked, leaving: '3', version: 0x7fff_ffff }),
  reconfig({ ...asked, joining: 'server.8=10.9.9.9:2:3;1,server.9=10.9.9.9:4:2;1' }),
];

/** Observers come and go: the ensemble of the setup stays what it is for the others. */
export const reconfigs: readonly Scenario[] = under(
  'reconfig',
  scenario(
    'reconfig/an observer comes, and goes',
    ann.connects(),
    ann.sends(proof),
    // ZooKeeper's first configuration has a zxid that nobody was told of.
    ann.sends(reconfig(asked)),
    ann.sends(getData(CONFIG)),
    ann.sends(reconfig({ ...asked, joining: observer(100) })),
    ann.sends(getData(CONFIG)),
    ann.sends(reconfig({ ...asked, leaving: '100' })),
    ann.sends(getData(CONFIG)),
  ),
  scenario(
    'reconfig/is heard of once, however many come',
    ann.connects(),
    ann.sends(proof, getData(CONFIG, 'watch')),
    ann.sends(reconfig({ ...asked, joining: `${observer(100)},${observer(101)}` })),
    ann.sends(getData(CONFIG, 'watch')),
    ann.sends(reconfig({ ...asked, joining: observer(102), leaving: '100,101' })),
    ann.sends(getData(CONFIG, 'watch')),
    ann.sends(reconfig({ ...asked, leaving: '102' })),
    ann.sends(getData(CONFIG)),
  ),
  scenario(
    'reconfig/by another client of another member',
    ann.connects(),
    ann.sends(proof),
    ann.sends(reconfig(asked)),
    bob.connects({ member: 'other' }),
    bob.sends(sync(CONFIG), getData(CONFIG, 'watch')),
    ann.sends(reconfig({ ...asked, joining: observer(100) })),
    bob.hears(1),
    bob.sends(sync(CONFIG), getData(CONFIG)),
    ann.sends(reconfig({ ...asked, leaving: '100' })),
  ),
  scenario(
    'reconfig/who is there takes another address and stays',
    ann.connects(),
    ann.sends(proof),
    ann.sends(reconfig({ ...asked, joining: observer(100) })),
    ann.sends(reconfig({ ...asked, joining: 'server.100=127.0.0.1:5:6:observer;127.0.0.1:7' })),
    ann.sends(reconfig({ ...asked, leaving: '100', joining: observer(100) })),
    ann.sends(reconfig({ ...asked, leaving: '100' })),
  ),
  scenario(
    'reconfig/that asks for nothing is one all the same',
    ann.connects(),
    ann.sends(proof),
    ann.sends(reconfig(asked)),
    ann.sends(reconfig({ ...asked, leaving: '77', joining: '' })),
    ann.sends(getData(CONFIG)),
  ),
  scenario(
    'reconfig/of the version that was seen',
    ann.connects(),
    ann.sends(proof),
    ann.sends(reconfig({ ...asked, joining: observer(100) })),
    ann.remembers('version'),
    ann.sends(create('/between')),
    ann.sends(reconfig({ ...asked, leaving: '100', version: { remembered: 'version' } })),
    ann.sends(reconfig({ ...asked, joining: observer(100), version: { remembered: 'version' } })),
  ),
  scenario('reconfig/what is refused', ann.connects(), ann.sends(proof), ...each(...REFUSED)),
  scenario(
    'reconfig/of who may not',
    ann.connects(),
    ann.sends(reconfig({ ...asked, joining: observer(100) })),
    ann.sends(reconfig({ ...asked, joining: 'some thing' })),
    ann.sends(reconfig({ ...asked, leaving: '1', version: 5 })),
    ann.sends(getData(CONFIG)),
  ),
  scenario(
    'reconfig/of who may once the node lets it',
    bob.connects({ member: 'other' }),
    bob.sends(proof),
    bob.sends(setAcl(CONFIG, [{ perms: 3, scheme: 'world', id: 'anyone' }])),
    ann.connects(),
    ann.sends(sync(CONFIG), reconfig({ ...asked, joining: observer(100) })),
    ann.sends(reconfig({ ...asked, leaving: '100' })),
    bob.sends(setAcl(CONFIG, [{ perms: 1, scheme: 'world', id: 'anyone' }])),
    ann.sends(sync(CONFIG), reconfig({ ...asked, joining: observer(100) })),
  ),
  scenario(
    'reconfig/between other requests, in one go',
    ann.connects(),
    ann.sends(
      proof,
      create('/a'),
      reconfig({ ...asked, joining: observer(100) }),
      create('/b'),
      getData(CONFIG),
    ),
    ann.sends(reconfig({ ...asked, leaving: '100' })),
  ),
);

const STEPS = 12;

/** Observers that come and go, and requests that are none, in any order; in the end all are gone. */
export function randomReconfig(seed: number): Scenario {
  const random = new Random(seed);
  const one = (): Request => {
    const ids = [100, 101, 102].filter(() => random.chance(0.4));
    const others = [100, 101, 102].filter((id) => !ids.includes(id) && random.chance(0.4));
    const chance = random.next();
    if (chance < 0.25) return random.pick(REFUSED);
    if (chance < 0.35) return getData(CONFIG, 'watch');
    if (chance < 0.45) return create('/n', '', { flags: 2 });
    return reconfig({
      ...asked,
      joining: ids.length === 0 ? null : ids.map(observer).join(','),
      leaving: others.length === 0 ? null : others.join(','),
    });
  };
  const [all] = under(
    'reconfig',
    scenario(
      `random reconfigs/seed ${seed}`,
      ann.connects(),
      ann.sends(proof),
      ann.sends(reconfig(asked)),
      ...each(...Array.from({ length: STEPS }, one)),
      ann.sends(reconfig({ ...asked, leaving: '100,101,102' })),
      ann.sends(getData(CONFIG)),
    ),
  );
  return all!;
}
