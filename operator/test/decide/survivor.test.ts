import { describe, expect, test } from 'vitest';
import { decide } from '../../src/decide/decide.ts';
import { eventsOf } from '../../src/decide/events.ts';
import { statusOf } from '../../src/decide/status.ts';
import { FORCE_NEW_CLUSTER_ANNOTATION } from '../../src/model/cluster-names.ts';
import { answer, blank, blanks, seen, silent, steps, survivor, TWO_LEFT, told } from './lost-quorum.ts';
import { answerOf, claimOf, clusterOf, observedOf, podOf, THREE } from './observed-world.ts';

describe('who survives', () => {
  test.each([
    ['the longest log', TWO_LEFT, 'newest', 'zk-4'],
    [
      'the newest term before the longest log',
      [...blanks, survivor(3, { lastLogTerm: 6 }), survivor(4)],
      'newest',
      'zk-3',
    ],
    ['the first of equals', [...blanks, survivor(3, { lastLogIndex: 104 }), survivor(4)], 'newest', 'zk-3'],
    ['who is named', TWO_LEFT, 'zk-4', 'zk-4'],
    [
      'who is named, though one that is silent may have more',
      [...blanks, survivor(3), silent(4)],
      'zk-3',
      'zk-3',
    ],
    [
      'who is named, though one that is of a former version tells of no log',
      [...blanks, survivor(3), survivor(4, { lastLogTerm: undefined } as never)],
      'zk-3',
      'zk-3',
    ],
    [
      'a learner, where it has most',
      [...blanks, survivor(3), podOf(4, { ...answer(survivor(4)), role: 'learner' }, { ready: false })],
      'newest',
      'zk-4',
    ],
  ])('%s', (_title, pods, asked, name) => {
    const { step, status } = steps({ pods, asked });
    expect(step).toMatchObject({ kind: 'forceNewCluster', member: { pod: name } });
    const ordinal = Number(name.at(-1));
    const { lastLogIndex } = answer(pods[ordinal]!);
    expect(step).toMatchObject({ serverId: ordinal + 1, lastIndex: lastLogIndex });
    expect(status.operation).toMatchObject({ type: 'ForceNewCluster', target: name });
  });

  test('nobody without the annotation: the status says what to type, and what it costs', () => {
    const { step, status } = steps({ pods: TWO_LEFT });
    expect(step.kind).toBe('wait');
    expect(status.operation).toBeUndefined();
    const { reason, message } = told(status, 'Stalled') ?? {};
    expect(reason).toBe('LostForGood');
    expect(message).toContain(
      'kubectl --namespace ns annotate coordinationcluster zk rookery.dev/force-new-cluster=newest',
    );
    expect(message).toContain('costs all that was acknowledged and is not in its log');
  });

  test.each([
    [
      'a member is silent, with its volume',
      [...blanks, survivor(3), silent(4)],
      'newest',
      'zk-4 has to answer',
    ],
    ['a pod is to be made anew, over its volume', [...blanks, survivor(3)], 'newest', 'zk-4 has to answer'],
    [
      'a member reads its data',
      [
        ...blanks,
        survivor(3),
        podOf(4, answerOf(5, 'starting', { configurationIndex: 0 }), { ready: false }),
      ],
      'newest',
      'zk-4 has to answer',
    ],
    [
      'who is named is silent',
      [...blanks, survivor(3), silent(4)],
      'zk-4',
      'zk-4 does not answer (its pod does not run)',
    ],
    ['a pod is ready', [...blanks, survivor(3), podOf(4, 'no answer', { ready: true })], 'newest', 'zk-4'],
  ])('nobody yet: %s', (_title, pods, asked, why) => {
    const { step, status } = steps({ pods, asked });
    expect(step.kind).toBe('wait');
    expect(status.operation).toBeUndefined();
    expect(told(status, 'Progressing')).toMatchObject({ status: 'True', reason: 'ForcingNewCluster' });
    expect(told(status, 'Progressing')?.message).toContain(why);
    expect(told(status, 'Stalled')?.status).toBe('False');
  });

  test('whose volume is gone is not waited for', () => {
    const claims = [0, 1, 2, 3].map((ordinal) => claimOf(ordinal));
    const { step } = steps({ pods: [...blanks, survivor(3), silent(4)], asked: 'newest', claims });
    expect(step).toMatchObject({ kind: 'forceNewCluster', member: { pod: 'zk-3' } });
  });

  test.each([
    [
      'a quorum can come back',
      [...blanks.slice(1), survivor(3), silent(0), silent(4)],
      'newest',
      'a quorum can still come back: zk-0, zk-4 may have the data yet',
    ],
    [
      'enough have their data, and no leader',
      [0, 1, 2].map((ordinal) => survivor(ordinal)),
      'zk-0',
      'a quorum can still come back',
    ],
    ['another one has more', TWO_LEFT, 'zk-3', 'zk-4 has a newer log than zk-3: write zk-4, or "newest"'],
    [
      'who is named has lost its data',
      TWO_LEFT,
      'zk-0',
      'zk-0 has no data of this cluster: write zk-3, zk-4 or "newest"',
    ],
    ['there is no such pod', TWO_LEFT, 'yes', 'there is no pod "yes": write zk-3, zk-4 or "newest"'],
    [
      'all have lost their data',
      [0, 1, 2, 3, 4].map(blank),
      'newest',
      'no member has any data of this cluster',
    ],
    [
      'its version knows of no recovery',
      [...blanks, survivor(3), survivor(4, { recovery: undefined, version: '0.2.0' } as never)],
      'newest',
      'zk-4 runs 0.2.0, which cannot be made a cluster by force',
    ],
    [
      'the version of who is named knows of none',
      [...blanks, survivor(3), survivor(4, { recovery: undefined, version: '0.2.0' } as never)],
      'zk-4',
      'zk-4 runs 0.2.0, which cannot',
    ],
    [
      'its data are those of another id',
      [...blanks, survivor(3, { raftId: 30 }), survivor(4)],
      'zk-3',
      'zk-3 has no data of this cluster',
    ],
  ])('nobody: %s', (_title, pods, asked, why) => {
    const { step, status } = steps({ pods, asked });
    expect(step.kind).toBe('wait');
    expect(status.operation).toBeUndefined();
    const { reason, message } = told(status, 'Stalled') ?? {};
    expect([reason, message]).toEqual(['ForceNewClusterRefused', expect.stringContaining(why)]);
  });

  test('a refusal is told of by an Event once', () => {
    const first = seen({ pods: TWO_LEFT, asked: 'zk-3' });
    const written = { kind: 'writeStatus', status: statusOf(first) } as const;
    expect(eventsOf(written, first).map(({ reason }) => reason)).toContain('ForceNewClusterRefused');
    const second = seen({ pods: TWO_LEFT, asked: 'zk-3', status: written.status });
    expect(eventsOf(written, second)).toEqual([]);
  });

  test('where there is a quorum the annotation goes, so that the next loss does not find it', () => {
    const observed = observedOf(
      clusterOf(
        {},
        {
          status: { clusterId: 'c1' },
          metadata: { annotations: { [FORCE_NEW_CLUSTER_ANNOTATION]: 'newest' } },
        },
      ),
      { pods: THREE },
    );
    const step = decide(observed);
    expect(step).toEqual({ kind: 'endForceNewCluster', forced: undefined });
    expect(eventsOf(step, observed)).toMatchObject([{ type: 'Warning', reason: 'ForceNewClusterRefused' }]);
  });

  test.each([['paused'], ['hibernated']])('nothing while it is %s', (what) => {
    const { step, status } = steps({ pods: TWO_LEFT, asked: 'newest', spec: { [what]: true } });
    expect(step.kind).toBe('wait');
    expect(status.operation?.type).not.toBe('ForceNewCluster');
  });
});
