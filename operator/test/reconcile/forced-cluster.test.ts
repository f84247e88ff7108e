import type { KubeApi } from '@rookery/kube';
import { describe, expect, test } from 'vitest';
import { FORCE_NEW_CLUSTER_ANNOTATION } from '../../src/model/cluster-names.ts';
import { type ClusterWorld, claimPath, isClusterWrite } from './cluster-world.ts';
import { crashPoints } from './crash-points.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

/** A life for each write, by real sockets: a busy machine takes its time. */
const TIMEOUT_MS = 300_000;
const SURVIVES = 4;
const HAS_LESS = 3;

const annotation = (world: ClusterWorld): string | undefined =>
  world.cluster?.metadata.annotations?.[FORCE_NEW_CLUSTER_ANNOTATION];
const uidOf = (world: ClusterWorld, serverId: number): string =>
  world.world.server.objects.get(claimPath(serverId - 1))?.metadata.uid ?? '';

/** What was asked of the members. */
const changes = (all: RunningEnsemble): string[] =>
  all.ensemble.done.filter((done) => !done.startsWith('start'));

/** Four voters, two of which have lost their data: those that are left can never be a majority. */
async function bereft(mayWrite = (): boolean => true): Promise<RunningEnsemble> {
  const api = { api: (all: KubeApi) => all.bounded({ mayWrite }) };
  const all = await runningEnsemble(4, { allowEvenReplicas: true }, api);
  all.ensemble.wipe(1);
  all.ensemble.wipe(2);
  await all.until(() => all.world.conditionReason('Stalled') === 'LostForGood', 'the loss to be told');
  return all;
}

const ask = ({ world }: RunningEnsemble, asked: string): void =>
  world.annotate({ [FORCE_NEW_CLUSTER_ANNOTATION]: asked });

const isWhole = ({ world, ensemble }: RunningEnsemble): boolean =>
  ensemble.votes.length === 4 &&
  world.conditionReason('Ready') === 'AsSpecified' &&
  annotation(world) === undefined;

/** All that is left of it, and what was done. */
function endOf(all: RunningEnsemble, before: readonly string[]) {
  const { world } = all;
  return {
    changes: changes(all),
    votes: all.ensemble.votes.toSorted(),
    operation: world.cluster?.status?.operation,
    renewed: [1, 2, 3, 4].filter((serverId) => uidOf(world, serverId) !== before[serverId - 1]),
  };
}

const WHOLE_END = {
  changes: [
    `force ${SURVIVES}`,
    ...['add 1', 'add 2', `add ${HAS_LESS}`],
    ...['promote 1', 'promote 2', `promote ${HAS_LESS}`],
  ],
  votes: [1, 2, 3, 4],
  operation: undefined,
  renewed: [HAS_LESS],
};

const uids = ({ world }: RunningEnsemble): string[] => [1, 2, 3, 4].map((serverId) => uidOf(world, serverId));

describe('a quorum that is lost for good', () => {
  test('stays so, and all is left as it is, until somebody asks for a cluster of the survivor', async () => {
    const all = await bereft();
    const writes = all.world.writes().length;
    for (let look = 0; look < 5; look++) await all.until(() => true, 'a look');
    all.world.world.time.advance(60_000);
    await all.until(() => true, 'a look');
    expect([changes(all), all.world.writes().length]).toEqual([[], writes]);
  });

  test('is a cluster of the newest log when it is asked for, which the others join anew', async () => {
    const all = await bereft();
    const before = uids(all);
    ask(all, 'newest');
    await all.until(() => isWhole(all), 'four voters');
    expect(endOf(all, before)).toEqual(WHOLE_END);
    const events = all.world.events();
    expect(events.filter((event) => event.startsWith('ForcedNewCluster'))).toEqual([
      expect.stringMatching(/zk-3 .*index 104/),
    ]);
    expect(events.filter((event) => event.startsWith('FormerMemberReplaced'))).toHaveLength(2);
  });

  test('is left as it is where one with less is named', async () => {
    const all = await bereft();
    ask(all, `zk-${HAS_LESS - 1}`);
    await all.until(() => all.world.conditionReason('Stalled') === 'ForceNewClusterRefused', 'the refusal');
    expect(changes(all)).toEqual([]);
    expect(all.world.events().join('\n')).toContain('zk-3 has a newer log than zk-2');
    ask(all, 'zk-3');
    await all.until(() => isWhole(all), 'four voters');
  });

  test.each([1, 2, 3, 4, 5, 6, 7])(
    'each step is done once, though the answer to number %i is lost',
    async (loses) => {
      const all = await bereft();
      const before = uids(all);
      all.ensemble.losesNext(loses);
      ask(all, 'newest');
      await all.until(() => isWhole(all), 'four voters');
      expect(endOf(all, before)).toEqual(WHOLE_END);
    },
  );

  test.each([
    ['the answer came', true],
    ['the answer was lost', false],
  ])(
    'ends the same, whichever write the operator crashes after; %s',
    { timeout: TIMEOUT_MS },
    async (_when, answered) => {
      const life = async (crashAt: number) => {
        let mayWrite = (): boolean => true;
        const all = await bereft(() => mayWrite());
        const before = uids(all);
        const { server } = all.world.world;
        const first = server.count(isClusterWrite);
        const made = (): number => server.count(isClusterWrite) - first;
        mayWrite = () => made() < crashAt;
        if (!answered) {
          let left = crashAt;
          server.script((request) => isClusterWrite(request) && --left === 0, server.loseAnswer());
        }
        ask(all, 'newest');
        await all.until(() => isWhole(all) || made() >= crashAt, 'the crash');
        await all.world.quiet(all.replica);
        await all.replica.operator.manager.stop(0);
        const after = all.with(all.world.replica({ identity: 'second' }));
        await after.until(() => isWhole(after), 'four voters');
        const writes = made();
        await after.replica.operator.manager.stop(0);
        return { writes, end: endOf(after, before) };
      };
      const whole = await life(Number.POSITIVE_INFINITY);
      expect(whole.writes).toBeGreaterThanOrEqual(8);
      for (const crashAt of crashPoints(whole.writes, answered ? 1 : 2))
        expect((await life(crashAt)).end, `after write ${crashAt} of ${whole.writes}`).toEqual(WHOLE_END);
    },
  );
});
