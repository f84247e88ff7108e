import { describe, expect, test } from 'vitest';
import { describeRollingUpdate, rollingUpdateOf } from '../../src/decide/rolling-update.ts';
import type { MemberStanding, Observed, ObservedPod } from '../../src/model/observed.ts';
import { answerOf, clusterOf, NOW, observedOf, podOf, statefulSetOf } from './observed-world.ts';

interface Place {
  /** Made from an earlier template. */
  readonly old?: true;
  readonly ready?: false;
  /** It answers that it follows, ready or not. */
  readonly follows?: true;
  readonly deleting?: true;
  /** No pod is there. */
  readonly gone?: true;
  readonly learner?: true;
  /** Entries that it misses, as the leader knows it. */
  readonly lag?: number;
  readonly connected?: false;
  readonly notReadySince?: string;
}

const OLD: Place = { old: true };
const NEW: Place = {};

/** Members by their places; the one with this server id leads. */
function world(places: readonly Place[], leads = 1, more: Partial<Observed> = {}): Observed {
  const members = places.map(
    (place, at): MemberStanding => ({
      serverId: at + 1,
      raftId: at + 1,
      instance: 1,
      role: at + 1 === leads ? 'leader' : place.learner ? 'learner' : 'follower',
      connected: place.connected ?? true,
      lagEntries: place.lag ?? 0,
    }),
  );
  const pods = places.flatMap((place, at): ObservedPod[] => {
    if (place.gone) return [];
    const ready = place.ready ?? true;
    const role = at + 1 === leads ? 'leader' : 'follower';
    const answer = ready || place.follows ? answerOf(at + 1, role, { leader: leads, members }) : 'silent';
    return [
      podOf(at, answer, {
        ready,
        outdated: place.old ?? false,
        deleting: place.deleting ?? false,
        notReadySince: ready ? '' : (place.notReadySince ?? NOW),
      }),
    ];
  });
  const cluster = clusterOf(
    { replicas: places.length, allowEvenReplicas: true },
    { status: { clusterId: 'c1' } },
  );
  return observedOf(cluster, { pods, statefulSet: statefulSetOf(cluster), ...more });
}

/** `restart zk-2`, `lead zk-1`, `await …`; undefined: nothing is to be done. */
function next(observed: Observed): string | undefined {
  const update = rollingUpdateOf(observed);
  switch (update?.step.kind) {
    case 'restart':
      return `restart ${update.step.pod.name}`;
    case 'handOver':
      return `lead zk-${update.step.to - 1}`;
    case 'await':
      return `await ${update.step.why}`;
    default:
      return undefined;
  }
}

describe('the pod that is made anew next', () => {
  test.each<[string, Observed, string | undefined]>([
    ['all are as the spec is now', world([NEW, NEW, NEW]), undefined],
    ['followers, the last first', world([OLD, OLD, OLD]), 'restart zk-2'],
    ['the leader only when it is the last', world([OLD, NEW, OLD], 3), 'restart zk-0'],
    ['the last is the leader: another one leads first', world([OLD, NEW, NEW]), 'lead zk-1'],
    ['the one that is least behind is to lead', world([OLD, { lag: 9 }, { lag: 2 }]), 'lead zk-2'],
    [
      'who is not ready goes before all others',
      world([OLD, { ...OLD, ready: false, connected: false }, OLD]),
      'restart zk-1',
    ],
    ['learners go before those that vote', world([OLD, { ...OLD, learner: true }, OLD, OLD]), 'restart zk-1'],
    ['one of two', world([OLD, OLD]), 'restart zk-1'],
    ['the leader of two', world([OLD, NEW]), 'lead zk-1'],
    ['a single member', world([OLD]), 'restart zk-0'],
  ])('%s', (_title, observed, step) => {
    expect(next(observed)).toBe(step);
  });
});

describe('nobody goes', () => {
  test.each<[string, Observed, string | undefined]>([
    [
      'while one that was made anew is not ready',
      world([OLD, OLD, { ready: false }]),
      'await zk-2 has to come back first',
    ],
    [
      'while one is going',
      world([OLD, OLD, { ...OLD, deleting: true }]),
      'await zk-2 has to come back first',
    ],
    ['while one is not there', world([OLD, { gone: true }, NEW]), 'await zk-1 has to come back first'],
    [
      'while one that was made anew has not caught up',
      world([OLD, OLD, { lag: 5_000 }]),
      'await zk-2 has to catch up first',
    ],
    [
      'while without it there would be no majority',
      world([OLD, { ...OLD, lag: 5_000 }, OLD]),
      'await without zk-2 there would be no majority: zk-1 has to come back first',
    ],
    [
      'while another one is not ready, whatever the leader remembers of it',
      world([OLD, { ...OLD, ready: false }, { ...OLD, ready: false, follows: true }]),
      'await without zk-2 there would be no majority: zk-1 has to come back first',
    ],
    [
      'while no majority follows a leader',
      world([OLD, OLD, OLD], 9),
      'await a leader that a majority follows has to be there',
    ],
  ])('%s', (_title, observed, step) => {
    expect(next(observed)).toBe(step);
  });

  test('before the cluster has begun', () => {
    const pods = [0, 1, 2].map((ordinal) =>
      podOf(ordinal, answerOf(ordinal + 1, 'joining', { raftId: 0, clusterId: '' }), { outdated: true }),
    );
    expect(next({ ...world([OLD, OLD, OLD]), cluster: clusterOf(), pods })).toBeUndefined();
  });

  test('before the StatefulSet was seen as it is now', () => {
    const observed = world([OLD, OLD, OLD]);
    const { statefulSet } = observed;
    const unseen = { ...statefulSet!, metadata: { ...statefulSet!.metadata, generation: 2 } };
    expect(next({ ...observed, statefulSet: unseen })).toBeUndefined();
    expect(next({ ...observed, statefulSet: { ...unseen, status: { observedGeneration: 2 } } })).toBe(
      'restart zk-2',
    );
  });
});

test('it goes on until the last pod is ready again, and says how far it is', () => {
  const observed = world([NEW, NEW, { gone: true }]);
  expect(rollingUpdateOf(observed)).toBeUndefined();
  const operation = { type: 'RollingUpdate', startedAt: NOW } as const;
  const cluster = { ...observed.cluster, status: { clusterId: 'c1', operation } };
  const update = rollingUpdateOf({ ...observed, cluster })!;
  expect(describeRollingUpdate('zk', update, 3)).toBe(
    '2 of 3 pods are as the spec is now. Before the next: zk-2 has to come back first.',
  );
});

test('what was made anew and is not ready in time is stuck, and nothing else is', () => {
  const long = '2025-12-31T23:50:00Z';
  const stuckIn = (places: readonly Place[]): string[] =>
    (rollingUpdateOf(world(places))?.stuck ?? []).map(({ name }) => name);
  expect(stuckIn([OLD, OLD, { ready: false, notReadySince: long }])).toEqual(['zk-2']);
  expect(stuckIn([OLD, OLD, { ready: false, notReadySince: '2025-12-31T23:50:01Z' }])).toEqual([]);
  expect(stuckIn([OLD, OLD, { ...OLD, ready: false, notReadySince: long }])).toEqual([]);
});

test('from every mix of old and new pods, with each member as the leader, all become new, none twice, and a majority is always there', () => {
  let walks = 0;
  let restarts = 0;
  for (const size of [1, 2, 3, 4, 5, 7]) {
    for (let mix = 0; mix < 2 ** size; mix++) {
      for (let leads = 1; leads <= size; leads++) {
        walks++;
        let leader = leads;
        const old = Array.from({ length: size }, (_, at) => ((mix >> at) & 1) === 1);
        for (let turn = 0; ; turn++) {
          if (turn > 3 * size) throw new Error(`no end from ${mix.toString(2)} of ${size} under ${leads}`);
          const observed = world(
            old.map((isOld) => (isOld ? OLD : NEW)),
            leader,
          );
          const step = rollingUpdateOf(observed)?.step;
          if (step === undefined) break;
          if (step.kind === 'await') throw new Error(`waits for ${step.why}`);
          if (step.kind === 'handOver') {
            expect(step.to).not.toBe(leader);
            leader = step.to;
            continue;
          }
          const { ordinal } = step.pod;
          expect(old[ordinal]).toBe(true);
          // An ensemble of one has nobody to hand over to.
          if (size > 1) expect(ordinal + 1).not.toBe(leader);
          old[ordinal] = false;
          restarts++;
        }
        expect(old).not.toContain(true);
      }
    }
  }
  console.log(`rolling update: ${walks} walks, ${restarts} restarts`);
  expect(restarts).toBeGreaterThan(1_000);
});
