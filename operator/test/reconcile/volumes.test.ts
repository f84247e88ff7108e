import type { KubeObject } from '@rookery/kube/objects';
import { expect, test } from 'vitest';
import { type Received, refuse } from '../../../kube/test/api-server.ts';
import type { VolumeClaim } from '../../src/model/observed.ts';
import { claimPath, SET_PATH } from './cluster-world.ts';
import { type RunningEnsemble, runningEnsemble } from './running-ensemble.ts';

const ORDINALS = [0, 1, 2];
const LARGER = { replicas: 3, storage: { size: '20Gi' } };

function claimsOf({ world }: RunningEnsemble): VolumeClaim[] {
  return ORDINALS.map((ordinal) => world.world.server.objects.get(claimPath(ordinal)) as VolumeClaim);
}

/** As a driver does: what was asked for is there. */
function grow(all: RunningEnsemble): void {
  for (const claim of claimsOf(all)) {
    const capacity = claim.spec?.resources?.requests;
    if (claim.status?.capacity?.storage === capacity?.storage) continue;
    const grown = { ...claim, status: { ...claim.status, capacity } } as KubeObject;
    all.world.world.server.objects.put(claimPath(ORDINALS[claimsOf(all).indexOf(claim)]!), grown);
  }
}

const requestsOf = (all: RunningEnsemble): (string | undefined)[] =>
  claimsOf(all).map(({ spec }) => spec?.resources?.requests?.storage);

test('volumes are expanded under the pods, and the StatefulSet is made anew around them', async () => {
  const all = await runningEnsemble(3);
  const { objects } = all.world.world.server;
  const former = objects.get(SET_PATH)!;
  all.world.writeCluster(LARGER);
  await all.until(() => all.world.conditionReason('Reconciling') === 'ExpandingVolumes', 'the condition');
  expect(all.world.cluster?.status).toMatchObject({
    phase: 'Updating',
    operation: { type: 'ExpandVolumes' },
  });
  await all.until(() => {
    grow(all);
    return all.world.conditionReason('Ready') === 'AsSpecified';
  }, 'larger volumes');
  expect(requestsOf(all)).toEqual(['20Gi', '20Gi', '20Gi']);
  expect(all.world.cluster?.status?.volumeSize).toBe('20Gi');
  const set = objects.get(SET_PATH)!;
  expect(set.metadata.uid).not.toBe(former.metadata.uid);
  expect(JSON.stringify(set)).toContain('"storage":"20Gi"');
  expect(all.ensemble.done).toEqual([]);
  const events = all.world.events().map((event) => event.split(':')[0]);
  expect(events).toContain('VolumeExpanded');
  expect(events).toContain('StatefulSetRemade');
});

test('where the class does not allow it, its words stand in the condition, and setting the size back ends it', async () => {
  const all = await runningEnsemble(3);
  const { server } = all.world.world;
  const isExpansion = ({ method, path }: Received): boolean => method === 'PATCH' && path === claimPath(0);
  server.script(isExpansion, ...Array.from({ length: 100 }, () => refuse(403, 'Forbidden')));
  all.world.writeCluster(LARGER);
  await all.until(() => all.world.conditionReason('Stalled') === 'StepFailed', 'the refusal');
  const { conditions = [] } = all.world.cluster?.status ?? {};
  expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain('scripted Forbidden');
  all.world.writeCluster({ replicas: 3 });
  await all.until(() => all.world.conditionReason('Ready') === 'AsSpecified', 'its end');
  expect(requestsOf(all)).toEqual(['10Gi', '10Gi', '10Gi']);
});
