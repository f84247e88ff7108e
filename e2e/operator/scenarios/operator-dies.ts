import assert from 'node:assert/strict';
import { hostsOf } from '../cluster.ts';
import { underDyingOperator } from '../dying-operator.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { mostAway } from '../pods-away.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Each step costs a start of the operator. */
const CHANGE_SECONDS = 400;
const MEMBERS = 3;

export const operatorDies: Scenario = {
  name: 'an operator that is killed after each of its writes makes a cluster, scales it up and down and makes its pods anew, while clients write',
  fast: false,
  async run(cluster, namespace) {
    const counts: string[] = [];
    let away = 0;
    const change = async (what: string, spec: object, during = (act: () => Promise<void>) => act()) => {
      const steps = await underDyingOperator(cluster, () =>
        during(async () => {
          await cluster.apply(namespace, coordinationCluster('haunted', spec));
          const { metadata } = await cluster.get(namespace, 'coordinationcluster', 'haunted');
          await cluster.until(
            `${what} has been seen`,
            async () => {
              const { status } = await cluster.get(namespace, 'coordinationcluster', 'haunted');
              return status?.observedGeneration === metadata.generation;
            },
            CHANGE_SECONDS,
          );
          await cluster.ready(namespace, 'haunted', CHANGE_SECONDS);
        }),
      );
      assert.ok(steps.length > 2, `${what} took no more than ${steps.join(', ')}`);
      counts.push(`${what}: ${steps.length} deaths`);
    };
    await change('create', {});
    const report = await underWriters(cluster, hostsOf('haunted', namespace), async () => {
      await change('scale up', { replicas: 5 });
      await change('scale down', {});
      const former = await cluster.podUids(namespace);
      await change('rolling update', { config: { syncLimit: 7 } }, async (act) => {
        away = await mostAway(namespace, MEMBERS, act);
      });
      const kept = (await cluster.podUids(namespace)).filter((uid) => former.includes(uid));
      assert.deepEqual(kept, [], 'not every pod was made anew');
    });
    return measured(counts.join(', '), report, { away, mostGapMs: UPDATE_GAP_MS });
  },
};
