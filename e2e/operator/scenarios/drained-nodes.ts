import assert from 'node:assert/strict';
import { type Cluster, hostsOf } from '../cluster.ts';
import { measured, UPDATE_GAP_MS } from '../measured.ts';
import { mostAway } from '../pods-away.ts';
import { coordinationCluster, type Scenario } from '../scenario.ts';
import { underWriters } from '../writers.ts';

const NAME = 'drained';
const MEMBERS = 3;
/** Who is evicted first cannot come back while its node takes nobody, and its volume is there: so long the second drain is refused. */
const DRAIN_SECONDS = 30;
const BACK_SECONDS = 180;

export const drainedNodes: Scenario = {
  name: 'two nodes drained together lose one member at a time, whatever kubectl asks for, while clients write',
  fast: false,
  async run(cluster, namespace) {
    await cluster.apply(namespace, coordinationCluster(NAME, {}));
    await cluster.ready(namespace, NAME);
    const nodes = await nodesOf(cluster, namespace);
    assert.ok(nodes.length >= 2, `all members are on ${nodes.join(', ')}`);
    const two = nodes.slice(0, 2);
    let away = 0;
    const drains: string[] = [];
    const report = await underWriters(cluster, hostsOf(NAME, namespace), async () => {
      away = await mostAway(namespace, MEMBERS, async () => {
        try {
          drains.push(...(await Promise.all(two.map((node) => drain(cluster, node)))));
        } finally {
          await cluster.kubectl(['uncordon', ...two]);
        }
        await cluster.until(
          'all members are back',
          async () => (await cluster.list(namespace, 'pods')).length === MEMBERS,
          BACK_SECONDS,
        );
        await cluster.ready(namespace, NAME, BACK_SECONDS);
      });
    });
    assert.ok(drains.includes('refused'), `both nodes were drained: ${drains.join(', ')}`);
    return measured(`${two.join(' and ')}: ${drains.join(' and ')}`, report, {
      away,
      mostGapMs: UPDATE_GAP_MS,
    });
  },
};

/** Each node that a member is on, once. */
async function nodesOf(cluster: Cluster, namespace: string): Promise<readonly string[]> {
  const pods = await cluster.list(namespace, 'pods');
  return [...new Set(pods.map(({ spec }) => String(spec?.nodeName)))].sort();
}

/** Of the members alone: who else is on the node stays there. */
async function drain(cluster: Cluster, node: string): Promise<'done' | 'refused'> {
  const args = ['drain', node, '--ignore-daemonsets', `--timeout=${DRAIN_SECONDS}s`];
  try {
    await cluster.kubectl([...args, `--pod-selector=app.kubernetes.io/instance=${NAME}`]);
    return 'done';
  } catch {
    return 'refused';
  }
}
