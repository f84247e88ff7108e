import type { Daemon } from '../../daemon.ts';
import { eventually, type SolrCluster, type SolrNode } from './solr-cluster.ts';

const START_TIMEOUT_MS = 90_000;
const OVERSEER_TIMEOUT_MS = 60_000;
const LOOK_TIMEOUT_MS = 10_000;
/** What a user may set without Solr knowing it. */
const PROPERTY = 'ext.rookery.times';
const ALIAS = 'current';

/** A collection is made, found under an alias and deleted; a property of the cluster is set. All of that is an overseer's work, by queues and watches. */
export async function exercised(cluster: SolrCluster, configSet: string, times: number): Promise<void> {
  const collection = `passing-${times}`;
  await cluster.create(collection, { shards: 1, replicas: 2, configSet });
  await cluster.admin({ action: 'CREATEALIAS', name: ALIAS, collections: collection });
  await cluster.addOne(ALIAS, 'one');
  const found = await cluster.countOf(ALIAS);
  if (found !== 1) throw new Error(`${found} documents are under Solr's alias ${ALIAS}, 1 was added`);
  await cluster.admin({ action: 'CLUSTERPROP', name: PROPERTY, val: String(times) });
  // A node learns of it by a watch.
  await eventually(`the cluster property ${PROPERTY} to be ${times}`, LOOK_TIMEOUT_MS, async () => {
    const { properties, aliases } = await cluster.status(LOOK_TIMEOUT_MS);
    const told = `${properties?.[PROPERTY]}, and the alias ${aliases?.[ALIAS]}`;
    return told === `${times}, and the alias ${collection}` ? undefined : told;
  });
  await cluster.admin({ action: 'DELETEALIAS', name: ALIAS });
  await cluster.admin({ action: 'DELETE', name: collection });
  await eventually(`${collection} and its alias to be gone`, LOOK_TIMEOUT_MS, async () => {
    const { collections, aliases } = await cluster.status(LOOK_TIMEOUT_MS);
    const left = [...Object.keys(collections), ...Object.keys(aliases ?? {})];
    return left.includes(collection) || left.includes(ALIAS) ? left.join(', ') : undefined;
  });
}

/** One whose process is ours. */
export interface KilledNode extends SolrNode {
  readonly daemon: Daemon;
}

/** The node of the overseer is killed; the other one becomes it, and the replicas of the one that comes back recover. */
export async function overseerKilled(cluster: SolrCluster<KilledNode>, collection: string): Promise<string> {
  await cluster.allActive(collection);
  const killed = await cluster.overseer();
  await killed.daemon.kill();
  const killedAtMs = performance.now();
  await eventually('another overseer', OVERSEER_TIMEOUT_MS, async () => {
    const { daemon } = await cluster.overseer(LOOK_TIMEOUT_MS);
    return daemon === killed.daemon ? `${daemon.name} still is it` : undefined;
  });
  const replacedMs = performance.now() - killedAtMs;
  killed.daemon.start();
  await killed.daemon.says(/^ready$/m, START_TIMEOUT_MS);
  await cluster.allActive(collection);
  return `collections, an alias and a cluster property made and deleted; the overseer's node killed, another overseer after ${Math.round(replacedMs / 1_000)} s, its replicas recovered`;
}
