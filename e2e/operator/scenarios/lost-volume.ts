import assert from 'node:assert/strict';
import { hostsOf } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

export const lostVolume: Scenario = {
  name: 'a member whose volume is lost is replaced in its place under a new id, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('bereaved', {}));
    await cluster.ready(namespace, 'bereaved');
    const inNamespace = ['--namespace', namespace];
    const idOf = async (pod: string): Promise<number> => {
      const members = await cluster.members(namespace, 'bereaved');
      return members.find(({ name }) => name === pod)?.id ?? 0;
    };
    const former = await idOf('bereaved-1');
    const report = await underWriters(cluster, hostsOf('bereaved', namespace), async () => {
      await cluster.kubectl([...inNamespace, 'delete', '--wait=false', 'pvc/data-bereaved-1']);
      await cluster.kubectl([...inNamespace, 'delete', 'pod/bereaved-1', '--grace-period=0', '--force']);
      await cluster.until('the member has another id', async () => (await idOf('bereaved-1')) > former, 180);
      await cluster.until('three members vote', async () => {
        return (await cluster.get(namespace, 'coordinationcluster', 'bereaved')).status?.voters === 3;
      });
      await cluster.ready(namespace, 'bereaved');
    });
    await cluster.told(namespace, 'bereaved', 'MemberRemoved');
    assert.ok((await idOf('bereaved-1')) > former);
    return measured(`id ${await idOf('bereaved-1')} in the place of ${former}`, report);
  },
};
