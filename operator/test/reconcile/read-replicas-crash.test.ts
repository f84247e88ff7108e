import { expect, test } from 'vitest';
import { isClusterWrite, READ_SERVICE_PATH, READ_SET_PATH } from './cluster-world.ts';
import { crashPoints } from './crash-points.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

/** A life for each write, by real sockets: a busy machine takes its time. */
const TIMEOUT_MS = 300_000;
const MEMBERS = 3;
const DIRECT = { replicas: MEMBERS, update: { proof: { enabled: false } } } as const;

function isSettled({ world, ensemble }: RunningEnsemble, readReplicas: number): boolean {
  const { cluster } = world;
  const isThere = (path: string): boolean => world.world.server.objects.get(path) !== undefined;
  return (
    world.conditionReason('ReadReplicasReady') === (readReplicas === 0 ? 'NoneWanted' : 'AllReady') &&
    (cluster?.status?.readReplicas ?? 0) === readReplicas &&
    isThere(READ_SET_PATH) === readReplicas > 0 &&
    isThere(READ_SERVICE_PATH) === readReplicas > 0 &&
    ensemble.votes.length === MEMBERS
  );
}

/** What is left of a life: what was asked of the members, in order, and whom it cost a vote. */
interface End {
  readonly changes: readonly string[];
  readonly votes: readonly number[];
  readonly mostAway: number;
}

/** Two read replicas come and go by one operator after another: the first ends at its write `crashAt` after they were asked for. */
async function life(crashAt: number, answered: boolean): Promise<{ writes: number; end: End }> {
  let mayWrite = (): boolean => true;
  const first = await runningEnsemble(MEMBERS, DIRECT, {
    identity: 'first',
    api: (api) => api.bounded({ mayWrite: () => mayWrite() }),
  });
  const { world, ensemble } = first;
  const { server } = world.world;
  const before = server.count(isClusterWrite);
  const made = (): number => server.count(isClusterWrite) - before;
  mayWrite = () => made() < crashAt;
  if (!answered) {
    let left = crashAt;
    server.script((request) => isClusterWrite(request) && --left === 0, server.loseAnswer());
  }
  let all = first;
  const until = async (readReplicas: number): Promise<void> => {
    world.writeCluster({ ...DIRECT, readReplicas });
    const what = `${readReplicas} read replicas: ${ensemble.done.join(', ')}`;
    await all.until(() => isSettled(all, readReplicas) || (all === first && made() >= crashAt), what);
    if (all !== first || made() < crashAt) return;
    await world.quiet(first.replica);
    await first.replica.operator.manager.stop(0);
    all = first.with(world.replica({ identity: 'second' }));
    await all.until(() => isSettled(all, readReplicas), what);
  };
  await until(2);
  await until(0);
  await world.quiet(all.replica);
  await all.replica.operator.manager.stop(0);
  const changes = ensemble.done.filter((done) => !done.startsWith('start'));
  return { writes: made(), end: { changes, votes: ensemble.votes, mostAway: ensemble.mostAway } };
}

test.each([
  ['the answer came', true],
  ['the answer was lost', false],
])(
  'read replicas come and go once each, and no vote is touched, whichever write the operator crashes after; %s',
  { timeout: TIMEOUT_MS },
  async (_when, answered) => {
    const whole = await life(Number.POSITIVE_INFINITY, true);
    expect(whole.end).toEqual({
      changes: ['add 101', 'add 102', 'remove 102', 'remove 101'],
      votes: [1, 2, 3],
      mostAway: 0,
    });
    // Service, StatefulSet made and grown, and shrunk and taken away, and what is noted before and told after each.
    expect(whole.writes).toBeGreaterThanOrEqual(10);
    for (const crashAt of crashPoints(whole.writes, answered ? 1 : 2)) {
      const { end } = await life(crashAt, answered);
      expect(end, `after write ${crashAt} of ${whole.writes}`).toEqual(whole.end);
    }
  },
);
