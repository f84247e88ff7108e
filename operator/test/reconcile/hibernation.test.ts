import { expect, test } from 'vitest';
import { claimPath, podPath } from './cluster-world.ts';
import { runningEnsemble } from './running-ensemble.ts';

test('hibernates and wakes up with the members and the volumes that it had, and tells of no loss', async () => {
  const all = await runningEnsemble(3);
  const { objects } = all.world.world.server;
  all.ensemble.allMayGo = true;
  all.world.writeCluster({ replicas: 3, hibernated: true });
  await all.until(() => all.world.conditionReason('Ready') === 'Hibernated', 'its sleep');
  expect([0, 1, 2].map((ordinal) => objects.get(podPath(ordinal)))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect([0, 1, 2].every((ordinal) => objects.get(claimPath(ordinal)) !== undefined)).toBe(true);
  expect(all.world.phase).toBe('Hibernated');

  all.world.writeCluster({ replicas: 3 });
  await all.until(() => all.world.phase === 'Ready', 'its members');
  expect(all.ensemble.votes).toEqual([1, 2, 3]);
  expect(all.world.cluster?.status?.operation).toBeUndefined();
  const events = all.world.events().map((event) => event.split(':')[0]);
  expect(events).toContain('Hibernated');
  expect(events).not.toContain('QuorumLost');
  expect(events).not.toContain('QuorumRegained');
});
