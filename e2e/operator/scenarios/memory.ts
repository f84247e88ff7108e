import { OPERATOR_NAMESPACE } from '../install.ts';
import { type ContainerMemory, memoryOf } from '../memory.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';

/** Beyond it a limit is tight. */
const MAX_SHARE = 0.75;
/** Next to the three members: clusters that the operator looks after at the same time. */
const SINGLE_MEMBERS = 3;

export const memory: Scenario = {
  name: "the operator's replicas and the members stay well below their limits of memory",
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster('weighed', {}));
    const singles = Array.from({ length: SINGLE_MEMBERS }, (_, number) => `single-${number}`);
    for (const name of singles) await cluster.apply(namespace, coordinationCluster(name, { replicas: 1 }));
    for (const name of ['weighed', ...singles]) await cluster.available(namespace, name);
    await cluster.allReady(namespace, 'weighed');
    let operator: readonly ContainerMemory[] = [];
    let members: readonly ContainerMemory[] = [];
    await cluster.until('every container is measured', async () => {
      operator = await memoryOf(cluster, OPERATOR_NAMESPACE);
      members = await memoryOf(cluster, namespace);
      return true;
    });
    const tight = [...operator, ...members].filter(
      ({ residentMiB, limitMiB }) => residentMiB > MAX_SHARE * limitMiB,
    );
    if (tight.length > 0) throw new Error(`limits are tight: ${tight.map(inWords).join(', ')}`);
    return `operator ${ofAll(operator)}, ${members.length} members ${ofAll(members)}`;
  },
};

function inWords({ pod, residentMiB, limitMiB }: ContainerMemory): string {
  return `${pod} ${residentMiB} of ${limitMiB} MiB`;
}

/** Of containers that have one limit. */
function ofAll(containers: readonly ContainerMemory[]): string {
  const resident = containers.map(({ residentMiB }) => residentMiB).sort((a, b) => a - b);
  return `${resident.join(', ')} of ${containers[0]?.limitMiB} MiB`;
}
