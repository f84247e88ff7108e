import assert from 'node:assert/strict';
import type { ClusterMember } from '@rookery/crds';
import type { Cluster } from '../cluster.ts';
import { measured } from '../measured.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

/** Where the clients run. */
const CLIENTS_NODE = 'node-1';
/** Kubernetes' own patience with a node, the pods' with its taint, their grace, and the spec's: 50, 5, 60 and 60 seconds. */
const REPLACED_SECONDS = 400;

const scheduling = {
  tolerations: ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 5,
  })),
};

export const deadNode: Scenario = {
  name: 'a member whose node hangs is replaced elsewhere under a new id, and does no harm when the node comes back, while clients write',
  fast: false,
  async run(cluster, namespace) {
    const spec = { scheduling, nodeFailure: { replaceAfter: '60s' } };
    await cluster.apply(namespace, coordinationCluster('moved', spec));
    await cluster.ready(namespace, 'moved');
    const { pod, node } = await victimOf(cluster, namespace);
    const former = await memberOf(cluster, namespace, pod);
    const began = performance.now();
    let replacedAfter = 0;
    // By the Service a client would meet the dead member again and again, until Kubernetes has given up its node.
    const hosts = [0, 1, 2].map((at) => `moved-${at}.moved-headless.${namespace}.svc.cluster.local:2181`);
    const report = await underWriters(cluster, hosts.join(','), async () => {
      await cluster.provider.suspend(node, true);
      try {
        await cluster.until(
          'the member has another id',
          async () => (await memberOf(cluster, namespace, pod)).id > former.id,
          REPLACED_SECONDS,
        );
        await cluster.ready(namespace, 'moved');
        replacedAfter = performance.now() - began;
      } finally {
        await cluster.provider.suspend(node, false);
      }
      await cluster.kubectl(['wait', `node/${node}`, '--for=condition=Ready', '--timeout=120s']);
      await cluster.until(
        'its former pod is gone',
        async () => (await cluster.list(namespace, 'pods')).length === 3,
      );
      await cluster.ready(namespace, 'moved');
    });
    for (const reason of ['MembersHeldUp', 'MemberRemoved', 'VolumeGivenUp', 'PodGivenUp'])
      await cluster.told(namespace, 'moved', reason);
    const { spec: placed } = await cluster.get(namespace, 'pod', pod);
    assert.notEqual(placed?.nodeName, node);
    const seconds = (replacedAfter / 1000).toFixed(0);
    const was = former.role === 'leader' ? 'the leader' : 'a follower';
    return measured(`${was}, replaced ${seconds} s after its node stopped`, report);
  },
};

/** The leader, unless the clients are on its node. */
async function victimOf(cluster: Cluster, namespace: string): Promise<{ pod: string; node: string }> {
  const { status } = await cluster.get(namespace, 'coordinationcluster', 'moved');
  const pods = (await cluster.list(namespace, 'pods')).map(({ metadata, spec }) => ({
    pod: metadata.name,
    node: String(spec?.nodeName),
  }));
  const others = pods.filter(({ node }) => node !== CLIENTS_NODE);
  const victim = others.find(({ pod }) => pod === status?.leader) ?? others[0];
  assert.ok(victim, `all pods are on ${CLIENTS_NODE}`);
  return victim;
}

async function memberOf(cluster: Cluster, namespace: string, pod: string): Promise<ClusterMember> {
  const member = (await cluster.members(namespace, 'moved')).find(({ name }) => name === pod);
  assert.ok(member, `${pod} is not among the members`);
  return member;
}
