import { describe, expect, test } from 'vitest';
import { SET_PATH } from './cluster-world.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const pods = ({ world }: RunningEnsemble): number =>
  (world.world.server.objects.get(SET_PATH) as unknown as { spec: { replicas: number } }).spec.replicas;

/** What was asked of the members. */
const changes = ({ ensemble }: RunningEnsemble): string[] =>
  ensemble.done.filter((done) => !done.startsWith('start'));

async function scaled(all: RunningEnsemble, replicas: number): Promise<void> {
  all.world.writeCluster({ replicas });
  await all.until(
    () =>
      all.ensemble.votes.length === replicas &&
      pods(all) === replicas &&
      all.world.conditionReason('Ready') === 'AsSpecified',
    `${replicas} members: ${all.ensemble.done.join(', ')}; ${pods(all)} pods`,
  );
}

describe('scaling', () => {
  test('up and down, one member at a time, through the ensemble and never past it', async () => {
    const all = await runningEnsemble(1);
    for (const count of [3, 5, 7, 3, 1]) {
      all.ensemble.fewestVotes = Number.POSITIVE_INFINITY;
      const before = all.ensemble.votes.length;
      await scaled(all, count);
      expect(all.ensemble.votes).toEqual(upTo(count));
      expect(all.ensemble.fewestVotes).toBe(Math.min(before, count));
    }
    expect(changes(all).slice(0, 4)).toEqual(['add 2', 'add 3', 'promote 2', 'promote 3']);
    expect(all.world.cluster?.status?.operation).toBeUndefined();
    const events = all.world.events().map((event) => event.split(':')[0]);
    for (const reason of ['MemberAdded', 'MemberPromoted', 'MemberRemoved']) expect(events).toContain(reason);
  });

  test('a leader that goes hands over first', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.leader = 3;
    await scaled(all, 1);
    expect(changes(all)[0]).toMatch(/^lead [12]$/);
    expect(all.ensemble.votes).toEqual([1]);
  });

  test('says what it does while it does it', async () => {
    const all = await runningEnsemble(1);
    all.world.writeCluster({ replicas: 3 });
    await all.until(() => all.world.conditionReason('Reconciling') === 'Scaling', 'the condition');
    expect(all.world.cluster?.status?.operation).toMatchObject({
      type: 'Scale',
      step: expect.stringMatching(/zk-1/),
    });
  });

  test.each(upTo(8))(
    'each change is made once, though the answer to number %i of them is lost',
    async (loses) => {
      const all = await runningEnsemble(1);
      all.ensemble.loses = loses;
      await scaled(all, 3);
      await scaled(all, 1);
      const once = ['add 2', 'add 3', 'promote 2', 'promote 3', 'remove 3', 'remove 2'];
      expect(changes(all)).toEqual(once);
    },
  );
});

describe('a member that lost its volume', () => {
  test('is replaced in its place, under a new id', async () => {
    const all = await runningEnsemble(3);
    all.ensemble.wipe(2);
    await all.until(
      () => changes(all).length === 3 && all.world.conditionReason('Ready') === 'AsSpecified',
      'it to be back',
    );
    expect(changes(all)).toEqual(['remove 2', 'add 2', 'promote 2']);
    expect(pods(all)).toBe(3);
  });
});
