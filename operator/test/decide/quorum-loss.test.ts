import type { CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/decide/events.ts';
import { statusOf } from '../../src/decide/status.ts';
import type { ObservedPod } from '../../src/model/observed.ts';
import { answerOf, clusterOf, observedOf, podOf, THREE } from './observed-world.ts';

const silentAndReady = [0, 1, 2].map((at) => podOf(at, 'no answer', { ready: true }));
const silent = [0, 1, 2].map((at) => podOf(at, 'its pod does not run'));
const oneLeft = THREE.slice(0, 1);
const leaderless = [1, 2].map((serverId) =>
  podOf(serverId - 1, answerOf(serverId, 'candidate', { leader: undefined, serving: false }), {
    ready: false,
  }),
);
/** On an empty disk: it knows of no cluster. */
const emptied = (ordinal: number): ObservedPod =>
  podOf(
    ordinal,
    answerOf(ordinal + 1, 'joining', {
      raftId: 0,
      clusterId: '',
      leader: undefined,
      serving: false,
      members: [],
    }),
    { ready: false },
  );

/** What is told of the quorum while the operator sees this, one after the other. */
function told(...looks: readonly (readonly ObservedPod[])[]): string[] {
  let status: CoordinationClusterStatus | undefined;
  return looks.flatMap((pods) => {
    const observed = observedOf(clusterOf({}, status === undefined ? {} : { status }), { pods });
    const step = { kind: 'writeStatus', status: statusOf(observed) } as const;
    const events = eventsOf(step, observed).map(({ reason }) => reason);
    status = step.status;
    return events.filter((reason) => reason.startsWith('Quorum'));
  });
}

describe('Events tell of a quorum that is lost and regained, once each', () => {
  test.each([
    ['at once', [THREE, oneLeft, THREE], ['QuorumLost', 'QuorumRegained']],
    [
      'behind a silence of ready members',
      [THREE, silentAndReady, silent, THREE],
      ['QuorumLost', 'QuorumRegained'],
    ],
    [
      'with a silence before it is back',
      [THREE, oneLeft, silentAndReady, THREE],
      ['QuorumLost', 'QuorumRegained'],
    ],
    [
      'seen in several ways',
      [THREE, silentAndReady, leaderless, silent, oneLeft, silentAndReady, silent, THREE],
      ['QuorumLost', 'QuorumRegained'],
    ],
    ['a silence alone', [THREE, silentAndReady, THREE], []],
    ['a first start', [[], silent, leaderless, THREE], []],
    ['a first start that loses it again', [[], THREE, oneLeft], ['QuorumLost']],
    [
      'lost, and then for good',
      [THREE, oneLeft, [THREE[0]!, emptied(1), emptied(2)], [THREE[0]!, emptied(1), emptied(2)]],
      ['QuorumLost', 'QuorumLost'],
    ],
  ])('%s', (_title, looks, events) => {
    expect(told(...looks)).toEqual(events);
  });
});

describe('voters with empty disks are gone', () => {
  const lost = [
    podOf(0, answerOf(1, 'candidate', { leader: undefined, serving: false }), { ready: false }),
    emptied(1),
    emptied(2),
  ];
  const of = (pods: readonly ObservedPod[], type: string) =>
    statusOf(observedOf(clusterOf({}, { status: { clusterId: 'c1' } }), { pods })).conditions?.find(
      (condition) => condition.type === type,
    );

  test('two of three: lost for good, and whose data is gone', () => {
    const { status, reason, message = '' } = of(lost, 'QuorumHealthy') ?? {};
    expect([status, reason]).toEqual(['False', 'LostForGood']);
    expect(message).toContain('2 of 3 voters have lost their data (zk-1, zk-2)');
    expect(message).not.toContain('acknowledged is on the disks');
    expect(of(lost, 'Stalled')).toMatchObject({ status: 'True', reason: 'LostForGood', message });
    expect(of(lost, 'Ready')).toMatchObject({ status: 'False', reason: 'LostForGood', message });
  });

  test('all of them, so that nobody is left who knows the voters', () => {
    const { reason, message } = of([0, 1, 2].map(emptied), 'QuorumHealthy') ?? {};
    expect([reason, message]).toEqual(['LostForGood', expect.stringContaining('3 of 3 voters')]);
  });

  test('one of three is not: the others go on without it', () => {
    expect(of([...THREE.slice(0, 2), emptied(2)], 'QuorumHealthy')).toMatchObject({ status: 'True' });
    const twoWithout = [lost[0]!, { ...leaderless[1]!, ordinal: 1 }, emptied(2)];
    expect(of(twoWithout, 'QuorumHealthy')?.reason).toBe('NoLeader');
  });

  test('members that start for the first time have no data to lose', () => {
    const observed = observedOf(clusterOf(), { pods: [0, 1, 2].map(emptied) });
    const found = statusOf(observed).conditions?.find(({ type }) => type === 'QuorumHealthy');
    expect(found?.reason).toBe('NotBegun');
  });
});
