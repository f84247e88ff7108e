import { describe, expect, test } from 'vitest';
import { WRITTEN_AT_ANNOTATION } from '../../src/observe/tls-secrets.ts';
import { ClusterWorld, isClusterWrite, SET_PATH } from './cluster-world.ts';
import { crashPoints } from './crash-points.ts';

const DELETE = { storage: { retention: { whenDeleted: 'Delete' } } } as const;
/** A life for each write, by real sockets: a busy machine takes its time. */
const TIMEOUT_MS = 300_000;
/** The finalizer, the Secrets, the objects, and the status at least once: a run that counts fewer has not seen them all. */
const LEAST_WRITES = 14;

const DIFFERS: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'lastTransitionTime',
  'startedAt',
  'authority',
  'authorityNotAfter',
  'notAfter',
  WRITTEN_AT_ANNOTATION,
]);

/** As Secrets hold it. Each certificate is another one. */
function isPem(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(Buffer.from('-----').toString('base64').slice(0, 6));
}

/** All that there is, without what differs from run to run; Events tell of what happened, and not of what is. */
function everything(world: ClusterWorld): unknown {
  const { objects } = world.world.server;
  return objects.paths().flatMap((path) => {
    if (path.includes('/events/')) return [];
    const text = JSON.stringify(objects.get(path), (key, value: unknown) =>
      DIFFERS.has(key) || isPem(value) ? undefined : value,
    );
    return [[path, text.replaceAll(/uid-\d+/g, 'uid')]];
  });
}

/** Brings a cluster up, and with `deletes` down again, by one operator after another: the first ends at its write `crashAt`. */
async function life(crashAt: number, answered: boolean, deletes: boolean) {
  const world = await ClusterWorld.start();
  const { server } = world.world;
  const first = world.replica({
    identity: 'first',
    api: (api) => api.bounded({ mayWrite: () => server.count(isClusterWrite) < crashAt }),
  });
  if (!answered) {
    let left = crashAt;
    server.script((request) => isClusterWrite(request) && --left === 0, server.loseAnswer());
  }
  const crashed = (): boolean => server.count(isClusterWrite) >= crashAt;
  const through = async (replica: typeof first, condition: () => boolean, what: string): Promise<void> =>
    world.drive(replica, () => condition() || (replica === first && crashed()), what);
  let replica = first;
  const succeed = async (): Promise<void> => {
    if (replica !== first || !crashed()) return;
    await world.quiet(first);
    await first.operator.manager.stop(0);
    replica = world.replica({ identity: 'second' });
  };
  const until = async (condition: () => boolean, what: string): Promise<void> => {
    await through(replica, condition, what);
    await succeed();
    await through(replica, condition, what);
  };
  world.writeCluster(deletes ? DELETE : {});
  await until(() => server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
  world.startPods();
  const config = (): string => JSON.stringify(server.objects.list('/api/v1/namespaces/ns/configmaps'));
  await until(() => world.phase === 'Ready' && config().includes('c1'), 'a cluster that is Ready');
  if (deletes) {
    world.deleteCluster();
    await until(() => server.objects.get(SET_PATH) === undefined, 'the StatefulSet to go');
    world.stopPods();
    await until(() => world.cluster === undefined, 'the cluster to go');
  }
  await world.quiet(replica);
  await replica.operator.manager.stop(0);
  return { world, writes: server.count(isClusterWrite), end: everything(world) };
}

describe.each([
  ['created', false],
  ['created and deleted with its volumes', true],
])('a cluster that is %s', (_what, deletes) => {
  test.each([
    ['the answer came', true],
    ['the answer was lost', false],
  ])(
    'ends the same, whichever write the operator crashes after; %s',
    { timeout: TIMEOUT_MS },
    async (_when, answered) => {
      const whole = await life(Number.POSITIVE_INFINITY, true, deletes);
      expect(whole.writes).toBeGreaterThanOrEqual(LEAST_WRITES);
      for (const crashAt of crashPoints(whole.writes, answered ? 1 : 2)) {
        const { end } = await life(crashAt, answered, deletes);
        expect(end, `after write ${crashAt} of ${whole.writes}`).toEqual(whole.end);
      }
    },
  );
});
