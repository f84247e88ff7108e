import type { CoordinationClusterStatus } from '@rookery/crds';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { eventsOf } from '../../src/decide/events.ts';
import { statusOf } from '../../src/decide/status.ts';
import type { Observed } from '../../src/model/observed.ts';
import { answerOf, claimOf, clusterOf, observedOf, podOf, statefulSetOf, THREE } from './observed-world.ts';

const CLAIMS = [claimOf(0), claimOf(1), claimOf(2)];

/** With the status of the look before: `statusOf` is told what it said itself. */
function looked(
  hibernated: boolean,
  more: Partial<Observed>,
  status: CoordinationClusterStatus = { clusterId: 'c1' },
): Observed {
  const cluster = clusterOf({ hibernated }, { status });
  const statefulSet = 'statefulSet' in more ? more.statefulSet : statefulSetOf(cluster);
  return observedOf(cluster, { volumeClaims: CLAIMS, ...more, statefulSet });
}

function conditionsOf(status: CoordinationClusterStatus): Record<string, string> {
  return Object.fromEntries(
    (status.conditions ?? []).map(({ type, status: is, reason }) => [type, `${is} ${reason}`]),
  );
}

const awake = statusOf(looked(false, { pods: THREE }));
const going = statusOf(looked(true, { pods: [THREE[0]!] }, awake));
const asleep = statusOf(looked(true, { pods: [] }, going));
const starting = [podOf(0, answerOf(1, 'candidate', { leader: undefined }), { ready: false })];
const waking = statusOf(looked(false, { pods: starting }, asleep));

describe('a cluster that hibernates', () => {
  test('asks for no pods, and forgets neither its members nor their volumes', () => {
    const { plan } = looked(true, { pods: [] });
    const set = plan.objects.find(({ kind }) => kind === 'StatefulSet');
    expect(set).toMatchObject({ spec: { replicas: 0 } });
    const later = observedOf(clusterOf({}, { status: asleep }), {
      pods: [],
      statefulSet: { ...statefulSetOf(clusterOf({ hibernated: true })) },
    });
    expect(later.plan.objects.find(({ kind }) => kind === 'StatefulSet')).toMatchObject({
      spec: { replicas: 3 },
    });
  });

  test('has as many members when it wakes as when it went to sleep, whatever the spec says meanwhile', () => {
    const cluster = clusterOf({ replicas: 1 }, { status: asleep });
    for (const statefulSet of [statefulSetOf(clusterOf({ hibernated: true })), undefined]) {
      const { plan } = observedOf(cluster, { pods: [], statefulSet, volumeClaims: CLAIMS });
      expect(plan.objects.find(({ kind }) => kind === 'StatefulSet')).toMatchObject({
        spec: { replicas: 3 },
      });
    }
  });

  test.each<[string, CoordinationClusterStatus, string, Record<string, string>]>([
    [
      'on its way',
      going,
      'Hibernated',
      { Ready: 'False Hibernating', Reconciling: 'True Hibernating', Available: 'False Hibernated' },
    ],
    [
      'asleep: it is what was asked for, and serves nobody',
      asleep,
      'Hibernated',
      {
        Ready: 'True Hibernated',
        Reconciling: 'False Hibernated',
        Stalled: 'False NothingInTheWay',
        Available: 'False Hibernated',
        Degraded: 'False Hibernated',
        QuorumHealthy: 'False Hibernated',
      },
    ],
    [
      'waking up',
      waking,
      'Bootstrapping',
      { Ready: 'False MembersStarting', QuorumHealthy: 'False WakingUp', Degraded: 'False WakingUp' },
    ],
    [
      'awake again',
      statusOf(looked(false, { pods: THREE }, waking)),
      'Ready',
      { Ready: 'True AsSpecified', QuorumHealthy: 'True LeaderFollowed' },
    ],
  ])('%s', (_title, status, phase, conditions) => {
    expect(status.phase).toBe(phase);
    expect(conditionsOf(status)).toMatchObject(conditions);
  });

  test('tells of no lost quorum on the way there and back', () => {
    const all = [awake, going, asleep, waking, statusOf(looked(false, { pods: THREE }, waking))];
    const events = all.slice(1).flatMap((status, at) => {
      const observed = looked(false, {}, all[at]);
      return eventsOf({ kind: 'writeStatus', status }, observed).map(({ reason }) => reason);
    });
    expect(events).not.toContain('QuorumLost');
    expect(events).toContain('Hibernated');
    expect(events).toContain('Available');
  });

  test('a pod that does not come back from it is a loss like any other', () => {
    const late = statusOf(looked(false, { pods: THREE }, waking));
    const lost = statusOf(looked(false, { pods: starting }, late));
    expect(conditionsOf(lost).QuorumHealthy).toBe('False NoLeader');
  });

  test('a start that does not end is a defect after ten minutes', () => {
    const observed = looked(false, { pods: starting }, waking);
    const late = statusOf({ ...observed, now: '2026-01-01T00:10:00Z' });
    expect([late.phase, conditionsOf(late).Degraded]).toEqual(['QuorumLost', 'True MembersNotReady']);
  });

  test('needs no quorum, and changes no membership', () => {
    const step = decide(looked(true, { pods: [] }, asleep));
    expect(step.kind).toBe('wait');
    const cluster = clusterOf({ hibernated: true, replicas: 5 }, { status: awake });
    const observed = observedOf(cluster, { volumeClaims: CLAIMS });
    expect(decide(observed).kind).not.toBe('changeMembership');
  });
});
