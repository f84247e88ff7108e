import { describe, expect, test } from 'vitest';
import { clusterStatusOf } from '../../src/kubectl/cluster/cluster-status.ts';
import { clusterLines, clusterListLines } from '../../src/kubectl/cluster/cluster-text.ts';
import { isReadReplica, parseMember, podOf, serverIdOf } from '../../src/kubectl/cluster/member-names.ts';
import { Fields } from '../../src/members-http/fields.ts';
import { coloursOf } from '../../src/output/colours.ts';
import { type ClusterGiven, clusterObject, podObject } from './objects.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 1);
const pods = [0, 1, 2].map((ordinal) => new Fields(podObject(ordinal)));
const statusOf = (given: ClusterGiven = {}, seen: readonly Fields[] | undefined = pods) =>
  clusterStatusOf(new Fields(clusterObject(given)), seen);

describe('the state of a cluster', () => {
  test('is well where the operator says Ready of the spec as it is now', () => {
    expect(statusOf()).toMatchObject({
      state: 'well',
      waitsFor: [],
      quorum: { voters: 3, up: 3, margin: 1 },
    });
  });

  test('is degraded while the operator has not looked at the spec', () => {
    const { state, waitsFor } = statusOf({ generation: 3 });
    expect(state).toBe('degraded');
    expect(waitsFor).toEqual(['The operator has not looked at the spec as it is now: does it run?']);
  });

  test.each([
    [{ Stalled: 'True' }, 'degraded', 'Stalled is True, says the operator.'],
    [{ Ready: 'False', Progressing: 'True' }, 'degraded', 'Progressing is True, says the operator.'],
    [{ Ready: 'False', QuorumHealthy: 'False' }, 'no-quorum', 'QuorumHealthy is False, says the operator.'],
  ] as const)('%o is %s', (conditions, state, waits) => {
    expect(statusOf({ conditions })).toMatchObject({ state, waitsFor: [waits] });
  });

  test('names first what is most pressing', () => {
    const conditions = {
      Degraded: 'True',
      Progressing: 'True',
      QuorumHealthy: 'False',
      Stalled: 'True',
    } as const;
    expect(statusOf({ conditions }).waitsFor.map((message) => message.split(' ')[0])).toEqual([
      'Stalled',
      'QuorumHealthy',
      'Progressing',
      'Degraded',
    ]);
  });

  test('is asleep where it is hibernated as it should be, and degraded until then', () => {
    const spec = { hibernated: true };
    const nobody = { QuorumHealthy: 'False', Available: 'False' } as const;
    expect(statusOf({ spec, conditions: nobody, members: [] }).state).toBe('asleep');
    expect(statusOf({ spec, conditions: { ...nobody, Ready: 'False' } }).state).toBe('degraded');
  });
});

describe('the members of a cluster', () => {
  test('are those of the status and of the pods, by their ids; read replicas never vote', () => {
    const { members, quorum } = statusOf({
      members: [{ ordinal: 0, role: 'leader' }, { ordinal: 1, ready: false }, { ordinal: 100 }],
    });
    expect(members.map(({ serverId, pod, votes, podState }) => [serverId, pod, votes, podState])).toEqual([
      [1, 'demo-0', true, 'Running'],
      [2, 'demo-1', true, 'Running'],
      [3, 'demo-2', false, 'Running'],
      [101, 'demo-read-100', false, 'absent'],
    ]);
    expect(quorum).toMatchObject({ voters: 2, up: 1, needed: 2, margin: 0 });
  });

  test('say why their pods are not up', () => {
    const { members } = statusOf({}, [new Fields(podObject(0, { ready: false }))]);
    expect(members.map(({ podState }) => podState)).toEqual(['CrashLoopBackOff', 'absent', 'absent']);
    expect(clusterStatusOf(new Fields(clusterObject()), undefined).members[0]!.podState).toBe('-');
  });

  test('are named by id or pod', () => {
    expect(parseMember('demo', '2')).toBe(2);
    expect(parseMember('demo', 'demo-1')).toBe(2);
    expect(parseMember('demo', 'demo-read-100')).toBe(101);
    for (const text of ['0', 'demo', 'other-1', 'demo-x', 'demo-read-'])
      expect(() => parseMember('demo', text)).toThrow(`"${text}" is no member of demo`);
    for (const serverId of [1, 7, 101, 120])
      expect(serverIdOf('demo', podOf('demo', serverId))).toBe(serverId);
    expect([100, 101].map(isReadReplica)).toEqual([false, true]);
    // That of another cluster, whose name begins alike; and the pod in which a version is proved.
    expect(serverIdOf('demo', 'demo-two-0')).toBeUndefined();
    expect(serverIdOf('demo', 'demo-proof-0')).toBeUndefined();
  });
});

describe('for people', () => {
  test('a cluster is one screen', () => {
    const given: ClusterGiven = {
      members: [{ ordinal: 0, role: 'leader' }, { ordinal: 1 }, { ordinal: 2, ready: false, lag: 12_345 }],
      conditions: { Ready: 'False', Degraded: 'True' },
      status: { operation: { type: 'RollingUpdate', target: 'demo-2', step: '1 of 3' } },
    };
    const lines = clusterLines(statusOf(given), coloursOf(false), NOW_MS);
    expect(lines.slice(0, 6)).toEqual([
      'apps/demo: 3 voters, demo-0 leads: one more failure and writes stop',
      'phase Ready, version 0.3.0, feature level 2, clients at demo.apps.svc:2181',
      '',
      ' ID  POD                   ROLE      READY  VERSION        LAG  POD IS            RESTARTS       AGE  NODE',
      '  1  demo-0                leader    yes    0.3.0            0  Running                  0        2h  node-0',
      '  2  demo-1                follower  yes    0.3.0            0  Running                  1        2h  node-1',
    ]);
    expect(lines).toContain('Degraded           True     1h        DegradedIsTrue');
    expect(lines.slice(-2)).toEqual([
      'under way: RollingUpdate of demo-2: 1 of 3',
      'waits for: Degraded is True, says the operator.',
    ]);
  });

  test('what an object says does nothing to a terminal', () => {
    const status = { phase: '\u001b[2J', leader: undefined };
    const [, detail] = clusterLines(statusOf({ status }), coloursOf(false), NOW_MS);
    expect(detail).toContain('phase \\x1b[2J');
    expect(clusterListLines([statusOf({ status })], coloursOf(false))[1]).toContain('\\x1b[2J');
  });
});
