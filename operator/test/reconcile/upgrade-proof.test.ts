import { describe, expect, test } from 'vitest';
import { CLUSTER_LABEL } from '../../src/model/cluster-names.ts';
import {
  ClusterWorld,
  isClusterWrite,
  PROOF_CLAIM_PATH,
  PROOF_POD_PATH,
  PROOF_SET_PATH,
  SET_PATH,
} from './cluster-world.ts';
import { crashPoints } from './crash-points.ts';
import { FakeEnsemble } from './fake-ensemble.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

const NEXT = 'example/server:1.1.0';
/** A life for each write, by real sockets: a busy machine takes its time. */
const TIMEOUT_MS = 300_000;

const proving = ({ ensemble }: RunningEnsemble): string[] =>
  ensemble.done.filter((done) => !done.startsWith('lead'));
const isLeft = (world: ClusterWorld): boolean =>
  [PROOF_SET_PATH, PROOF_POD_PATH, PROOF_CLAIM_PATH].some(
    (path) => world.world.server.objects.get(path) !== undefined,
  );
const isSettled = (world: ClusterWorld, version: string): boolean =>
  world.conditionReason('Ready') === 'AsSpecified' &&
  world.cluster?.status?.targetVersion === version &&
  !isLeft(world);

const settled = (all: RunningEnsemble, version: string): Promise<void> =>
  all.until(() => isSettled(all.world, version), `an ensemble of ${version}`);

const reasons = ({ world }: RunningEnsemble): string[] => world.events().map((event) => event.split(':')[0]!);

describe('another version', () => {
  test.each([1, 3])('is proved, cleared away and only then rolled: %i members', async (count) => {
    const all = await runningEnsemble(count);
    all.world.writeCluster({ replicas: count, version: '1.1.0' });
    await settled(all, '1.1.0');
    expect(proving(all)).toEqual([
      'add 255',
      'prove 1.1.0',
      'checkpoint',
      'checkpoint',
      'remove 255',
      ...Array.from({ length: count }, () => expect.stringMatching(/^start \d 1\.1\.0$/)),
    ]);
    expect(all.world.cluster?.status?.upgradeProof).toEqual({
      image: NEXT,
      result: 'Equal',
      checkpoint: 1_020,
    });
    for (const reason of ['UpgradeProofStarted', 'UpgradeProved', 'UpgradeProofCleared'])
      expect(reasons(all)).toContain(reason);
  });

  test('that makes another state stops before any member runs it, names the checkpoint, and is taken back', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.planted.add(NEXT);
    all.world.writeCluster({ replicas: 3, version: '1.1.0' });
    await all.until(() => all.world.conditionReason('Stalled') === 'UpgradeDiffers', 'the difference');
    expect(all.world.cluster?.status?.upgradeProof).toEqual({
      image: NEXT,
      result: 'Differs',
      checkpoint: 1_010,
    });
    expect(reasons(all)).toContain('UpgradeDiffers');
    expect(all.ensemble.done.some((done) => done.startsWith('start'))).toBe(false);
    expect(isLeft(all.world)).toBe(true);

    all.world.writeCluster({ replicas: 3 });
    await settled(all, '1.0.0');
    expect(all.ensemble.done.at(-1)).toBe('remove 255');
    expect(all.world.cluster?.status?.upgradeProof).toBeUndefined();
    expect(all.ensemble.mostAway).toBe(0);
  });

  test('that cannot run is never rolled, says why after the time that the spec gives it, and is replaced by one that can', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.broken.add(NEXT);
    all.world.writeCluster({ replicas: 3, version: '1.1.0', update: { proof: { timeout: '1m' } } });
    await all.until(
      () => all.world.conditionReason('Stalled') === 'UpgradeProofStuck',
      'the end of its patience',
    );
    const { conditions = [] } = all.world.cluster?.status ?? {};
    expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain(
      'zk-proof-0 does not run: ImagePullBackOff',
    );
    expect(all.ensemble.mostAway).toBe(0);

    all.world.writeCluster({ replicas: 3, version: '1.1.1' });
    await settled(all, '1.1.1');
    expect(all.ensemble.mostAway).toBe(1);
    expect(all.world.cluster?.status?.upgradeProof?.image).toBe('example/server:1.1.1');
  });

  test('together with other settings: the members keep both of theirs until it is proved, and are rolled once', async () => {
    const all = await runningEnsemble(3);
    all.world.writeCluster({ replicas: 3, version: '1.1.0', config: { syncLimit: 7 } });
    await settled(all, '1.1.0');
    expect(all.ensemble.done.filter((done) => done.startsWith('start'))).toHaveLength(3);
  });

  test('goes with all that it was proved by where the cluster hibernates, and its place in the ensemble when that wakes up', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.planted.add(NEXT);
    all.world.writeCluster({ replicas: 3, version: '1.1.0' });
    await all.until(() => all.world.conditionReason('Stalled') === 'UpgradeDiffers', 'the difference');
    all.ensemble.allMayGo = true;
    all.world.writeCluster({ replicas: 3, hibernated: true });
    await all.until(
      () => all.world.conditionReason('Ready') === 'Hibernated' && !isLeft(all.world),
      'the sleep of all',
    );
    expect(all.ensemble.done).not.toContain('remove 255');
    all.world.writeCluster({ replicas: 3 });
    await all.until(
      () => all.world.phase === 'Ready' && all.ensemble.done.includes('remove 255'),
      'its members',
    );
    expect(all.ensemble.votes).toEqual([1, 2, 3]);
  });

  test('that is stopped does not keep the ensemble from growing, by members of the version that runs', async () => {
    const all = await runningEnsemble(1);
    all.ensemble.planted.add(NEXT);
    all.world.writeCluster({ replicas: 3, version: '1.1.0' });
    await all.until(
      () => all.ensemble.votes.length === 3 && all.world.conditionReason('Stalled') === 'UpgradeDiffers',
      'three voters and a version that is stopped',
    );
    expect(all.ensemble.done.filter((done) => done.startsWith('start')).toSorted()).toEqual([
      'start 2 1.0.0',
      'start 3 1.0.0',
    ]);
  });
});

test('a cluster that is called as what proves for another one keeps its pods and volumes', async () => {
  const all = await runningEnsemble(1);
  const { objects } = all.world.world.server;
  const labels = { [CLUSTER_LABEL]: 'zk-proof' };
  const metadata = { namespace: 'ns', labels };
  objects.put(PROOF_POD_PATH, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name: 'zk-proof-0' },
  });
  objects.put(PROOF_CLAIM_PATH, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, name: 'data-zk-proof-0' },
  });
  all.world.writeCluster({ replicas: 1, config: { syncLimit: 7 } });
  await all.until(
    () => all.ensemble.done.includes('start 1 1.0.0') && all.world.conditionReason('Ready') === 'AsSpecified',
    'the other settings',
  );
  expect(objects.get(PROOF_POD_PATH)).toBeDefined();
  expect(objects.get(PROOF_CLAIM_PATH)).toBeDefined();
});

/** An ensemble of one is brought to 1.1.0 by one operator after another: the first ends at its write `crashAt` after the change. */
async function life(crashAt: number, isPlanted: boolean) {
  const world = await ClusterWorld.start(1);
  const { server } = world.world;
  let writesBefore = Number.POSITIVE_INFINITY;
  const made = (): number => server.count(isClusterWrite) - writesBefore;
  const first = world.replica({
    identity: 'first',
    api: (api) => api.bounded({ mayWrite: () => !(made() >= crashAt) }),
  });
  const ensemble = new FakeEnsemble(world);
  if (isPlanted) ensemble.planted.add(NEXT);
  world.writeCluster({ replicas: 1 });
  await world.drive(first, () => server.objects.get(SET_PATH) !== undefined, 'the StatefulSet');
  ensemble.begin(1);
  let replica = first;
  const until = async (holds: () => boolean, what: string): Promise<void> => {
    const look = (): boolean => {
      ensemble.live();
      return holds() || (replica === first && made() >= crashAt);
    };
    await world.drive(replica, look, what);
    if (replica !== first || made() < crashAt) return;
    await world.quiet(first);
    await first.operator.manager.stop(0);
    replica = world.replica({ identity: 'second' });
    await world.drive(
      replica,
      () => {
        ensemble.live();
        return holds();
      },
      what,
    );
  };
  await until(() => world.phase === 'Ready', 'a cluster that is Ready');
  writesBefore = server.count(isClusterWrite);
  world.writeCluster({ replicas: 1, version: '1.1.0' });
  if (isPlanted) {
    await until(() => world.conditionReason('Stalled') === 'UpgradeDiffers', 'the difference');
    world.writeCluster({ replicas: 1 });
    await until(() => isSettled(world, '1.0.0'), 'the way back');
  } else await until(() => isSettled(world, '1.1.0'), 'the other version');
  await world.quiet(replica);
  await replica.operator.manager.stop(0);
  const starts = ensemble.done.filter((done) => done.startsWith('start') && done.includes('1.1.0')).length;
  return { writes: made(), starts, votes: ensemble.votes, fewest: ensemble.fewestVotes, left: isLeft(world) };
}

describe.each([
  ['proved and rolled', false],
  ['that differs and is taken back', true],
])('a version %s', (_what, isPlanted) => {
  test('ends the same, whichever write the operator crashes after', { timeout: TIMEOUT_MS }, async () => {
    const whole = await life(Number.POSITIVE_INFINITY, isPlanted);
    expect(whole).toMatchObject({ starts: isPlanted ? 0 : 1, votes: [1], left: false });
    expect(whole.writes).toBeGreaterThanOrEqual(8);
    const { writes: _all, ...end } = whole;
    for (const crashAt of crashPoints(whole.writes, 1))
      expect(await life(crashAt, isPlanted), `after write ${crashAt} of ${whole.writes}`).toMatchObject(end);
  });
});
