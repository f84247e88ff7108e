import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../src/decide/events.ts';
import { statusOf } from '../../src/decide/status.ts';
import type { Observed } from '../../src/model/observed.ts';
import { clusterOf, observedOf, podOf, THREE } from './observed-world.ts';

const TROUBLE = 'Unschedulable: 0/3 nodes are available: 3 Insufficient cpu';
const QUOTA = 'pods "zk-2" is forbidden: exceeded quota: small';
const BEGUN = { status: { clusterId: 'c1' } };

const starting = (more: Partial<Observed>): Observed => observedOf(clusterOf(), more);
const running = (more: Partial<Observed>): Observed => observedOf(clusterOf({}, BEGUN), more);

describe('members that Kubernetes does not bring up', () => {
  test.each([
    [
      'no node takes one, at the first start',
      starting({ pods: [podOf(0, 'x', { trouble: TROUBLE })] }),
      `zk-0: ${TROUBLE}.`,
    ],
    [
      'a quota refuses one, at the first start',
      starting({ pods: [], podsRefused: QUOTA }),
      `Pods cannot be made: ${QUOTA}.`,
    ],
    [
      'no node takes one, later',
      running({ pods: [...THREE.slice(0, 2), podOf(2, 'x', { trouble: TROUBLE })] }),
      `zk-2: ${TROUBLE}.`,
    ],
    [
      'a quota refuses one, later',
      running({ pods: THREE.slice(0, 2), podsRefused: QUOTA }),
      `Pods cannot be made: ${QUOTA}.`,
    ],
  ])('%s: its own words stand in the conditions, and in a Warning', (_what, observed, words) => {
    const status = statusOf(observed);
    for (const type of ['Progressing', 'Reconciling', 'Ready']) {
      const condition = status.conditions?.find((candidate) => candidate.type === type);
      expect(condition?.reason, type).toBe('MembersHeldUp');
      expect(condition?.message, type).toContain(words);
    }
    const events = eventsOf({ kind: 'writeStatus', status }, observed);
    const [warning, ...others] = events.filter(({ reason }) => reason === 'MembersHeldUp');
    expect(warning).toMatchObject({ type: 'Warning', message: expect.stringContaining(words) });
    expect(others).toEqual([]);
  });

  test('there is one Warning for as long as it lasts', () => {
    const observed = running({ pods: THREE.slice(0, 2), podsRefused: QUOTA });
    const told = { ...observed, cluster: { ...observed.cluster, status: statusOf(observed) } };
    const status = statusOf({ ...told, podsRefused: `${QUOTA}, again` });
    expect(eventsOf({ kind: 'writeStatus', status }, told)).toEqual([]);
  });

  test('Degraded names them, too, once the cluster has begun', () => {
    const { conditions = [] } = statusOf(running({ pods: THREE.slice(0, 2), podsRefused: QUOTA }));
    expect(conditions.find(({ type }) => type === 'Degraded')).toMatchObject({
      status: 'True',
      message: expect.stringContaining(QUOTA),
    });
  });
});
