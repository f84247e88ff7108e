import { check, create, exists, flags, getChildren2, getData, multi, remove, setData } from '../requests.ts';
import { ann, scenario } from '../scenario.ts';

const container = { op: 'createContainer', flags: flags.container } as const;

function ttl(ttlMs: number, mode: number = flags.ttl) {
  return { op: 'createTTL', flags: mode, ttlMs } as const;
}

export const containersAndTtl = [
  scenario(
    'container/looks like any other node',
    ann.connects(),
    ann.sends(create('/c', 'x', container)),
    ann.sends(create('/c', 'x', container)),
    ann.sends(create('/c/child')),
    ann.sends(exists('/c')),
    ann.sends(setData('/c', 'y')),
    ann.sends(getData('/c')),
    ann.sends(remove('/c')),
    ann.sends(remove('/c/child')),
    ann.sends(remove('/c')),
    ann.sends(exists('/c')),
  ),
  scenario(
    'container/asked for in odd ways',
    ann.connects(),
    // By the operation for others, and the other way round.
    ann.sends(create('/a', '', { flags: flags.container })),
    ann.sends(exists('/a')),
    ann.sends(create('/b', '', { op: 'create2', flags: flags.container })),
    ann.sends(create('/c', '', { op: 'createContainer', flags: flags.persistent })),
    ann.sends(create('/c-', '', { op: 'createContainer', flags: flags.sequential })),
    ann.sends(create('/e', '', { op: 'createContainer', flags: flags.ephemeral })),
    ann.sends(exists('/e')),
    ann.sends(create('/none/c', '', container)),
    ann.sends(create('/z', '', { op: 'createContainer', flags: 99 })),
    ann.sends(getChildren2('/')),
  ),
  scenario(
    'ttl/looks like any other node',
    ann.connects(),
    ann.sends(create('/t', 'x', ttl(600_000))),
    ann.sends(exists('/t')),
    ann.sends(create('/t', 'x', ttl(600_000))),
    ann.sends(create('/t/child')),
    ann.sends(create('/t-', 'x', ttl(600_000, flags.ttlSequential))),
    ann.sends(setData('/t', 'y', 0)),
    ann.sends(getData('/t')),
    ann.sends(getChildren2('/')),
  ),
  scenario(
    'ttl/times that cannot be',
    ann.connects(),
    ann.sends(create('/t0', 'x', ttl(0))),
    ann.sends(create('/t1', 'x', ttl(-1))),
    ann.sends(create('/t2', 'x', ttl(2 ** 40))),
    ann.sends(create('/t3', 'x', ttl(2 ** 40 - 1))),
    ann.sends(create('/t4', 'x', ttl(1_000_000_000_000_000))),
    ann.sends(getChildren2('/')),
  ),
  scenario(
    'ttl/asked for in odd ways',
    ann.connects(),
    ann.sends(create('/a', '', ttl(60_000, flags.persistent))),
    ann.sends(create('/b', '', ttl(60_000, flags.ephemeral))),
    ann.sends(create('/c', '', ttl(60_000, flags.container))),
    ann.sends(create('/d', '', { flags: flags.ttl })),
    ann.sends(create('/e', '', { op: 'create2', flags: flags.ttl })),
    ann.sends(create('/f', '', { op: 'createContainer', flags: flags.ttl })),
    ann.sends(getChildren2('/')),
  ),
  scenario(
    'multi/of containers and TTL nodes',
    ann.connects(),
    ann.sends(multi(create('/c', 'x', container), create('/t', 'x', ttl(60_000)), check('/c', 0))),
    ann.sends(multi(create('/c/x'), create('/t-', 'x', ttl(60_000, flags.ttlSequential)))),
    ann.sends(multi(create('/d', 'x', ttl(0)))),
    ann.sends(getChildren2('/')),
    ann.sends(exists('/c')),
  ),
];
