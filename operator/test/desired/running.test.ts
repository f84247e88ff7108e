import { describe, expect, it } from 'vitest';
import { planOf } from '../../src/desired/plan.ts';
import type { Found } from '../../src/desired/running.ts';
import type { ObservedPod, StatefulSet } from '../../src/model/observed.ts';
import {
  answerOf,
  CONTEXT,
  claimOf,
  clusterOf,
  podOf,
  statefulSetOf,
  THREE,
} from '../decide/observed-world.ts';

const NOTHING: Found = { cluster: clusterOf(), statefulSet: undefined, pods: [], volumeClaims: [] };
const BEGUN = { status: { clusterId: 'c1', voters: 3 } };
const CLAIMS = [claimOf(0), claimOf(1), claimOf(2)];
/** Pods whose StatefulSet was deleted from under them are not asked: they are no StatefulSet's. */
const ORPHANS: readonly ObservedPod[] = [0, 1, 2].map((ordinal) => podOf(ordinal, 'not asked'));

function planned(found: Partial<Found>) {
  const plan = planOf({ ...NOTHING, ...found }, CONTEXT);
  const statefulSet = plan.objects.find(({ kind }) => kind === 'StatefulSet') as StatefulSet;
  return {
    pods: statefulSet.spec.replicas,
    image: statefulSet.spec.template?.spec?.containers?.[0]?.image,
    refusals: plan.refusals.map(({ reason }) => reason),
    message: plan.refusals.map(({ message }) => message).join(' '),
  };
}

describe('how many pods there have to be, whatever the spec has come to say', () => {
  const one = { replicas: 1 };

  it.each([
    ['nothing is there', { cluster: clusterOf(one) }, 1],
    ['pods whose StatefulSet was deleted', { cluster: clusterOf(one), pods: ORPHANS }, 3],
    ['volumes of a cluster that was deleted', { cluster: clusterOf(one), volumeClaims: CLAIMS }, 3],
    ['the last of its volumes', { cluster: clusterOf(one), volumeClaims: [claimOf(2)] }, 3],
    [
      'volumes that are being deleted',
      {
        cluster: clusterOf(one),
        volumeClaims: [0, 1, 2].map((n) => claimOf(n, { deletionTimestamp: 'now' })),
      },
      1,
    ],
    ['a status that knows of voters', { cluster: clusterOf(one, BEGUN) }, 3],
    [
      'one member that knows of three',
      { cluster: clusterOf(one), pods: [podOf(0, answerOf(1, 'follower'))] },
      3,
    ],
    [
      'a StatefulSet made too small',
      { cluster: clusterOf(one), statefulSet: statefulSetOf(clusterOf(one)), pods: [THREE[0]!] },
      3,
    ],
    [
      'a StatefulSet made too small, and members that do not answer',
      { cluster: clusterOf(one, BEGUN), statefulSet: statefulSetOf(clusterOf(one)), pods: [ORPHANS[0]!] },
      3,
    ],
    [
      'more pods than members, by somebody who scaled the StatefulSet',
      {
        statefulSet: statefulSetOf(clusterOf()),
        pods: [...THREE, podOf(3, 'not asked'), podOf(4, 'not asked')],
      },
      3,
    ],
  ] as const)('%s', (_name, found, pods) => {
    const plan = planned(found);
    expect(plan.pods).toBe(pods);
    const asked = ('cluster' in found ? found.cluster : NOTHING.cluster).spec.replicas;
    expect(plan.refusals).toEqual(asked === pods ? [] : ['ScalingNotSupported']);
  });

  it('going back to the number of voters is not refused, whatever the StatefulSet was made with', () => {
    const statefulSet = statefulSetOf(clusterOf(one));
    const plan = planned({ cluster: clusterOf({ replicas: 3 }, BEGUN), statefulSet, pods: [THREE[0]!] });
    expect(plan).toMatchObject({ pods: 3, refusals: [] });
  });

  it('the members are told of one another as many as they are', () => {
    const { objects } = planOf({ ...NOTHING, cluster: clusterOf(one), volumeClaims: CLAIMS }, CONTEXT);
    const config = objects.find(({ kind }) => kind === 'ConfigMap') as
      | { data?: Record<string, string> }
      | undefined;
    expect(config?.data?.['rookery.yaml']?.match(/host: zk-/g)).toHaveLength(3);
  });

  it('who wants a new ensemble over old volumes is told what to delete', () => {
    const over = planned({ cluster: clusterOf(one), volumeClaims: CLAIMS });
    expect(over.message).toContain('3 members stay, 1 were asked for');
    expect(over.message).toContain('delete this cluster, and its volume claims, first');
    expect(planned({ cluster: clusterOf(one, BEGUN) }).message).not.toContain('delete');
  });
});

describe('the image that they run', () => {
  const newer = { version: '2.0.0' };

  it('is that of the pods where their StatefulSet was deleted', () => {
    expect(planned({ cluster: clusterOf(newer, BEGUN), pods: ORPHANS })).toMatchObject({
      image: 'example/server:1.0.0',
      refusals: ['UpgradeNotSupported'],
    });
  });

  it('is what the spec says where none runs: a cluster may be made anew over its volumes in another version', () => {
    expect(planned({ cluster: clusterOf(newer), volumeClaims: CLAIMS })).toMatchObject({
      image: 'example/server:2.0.0',
      refusals: [],
    });
  });
});
