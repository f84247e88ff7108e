import { formatOf, isObject, type JsonObject, type KnownFormat, type Recogniser } from './format.ts';

/** What SolrCloud keeps. */
export const solrJson: Recogniser<unknown> = (path, value) => {
  if (!isObject(value)) return undefined;
  const collections = Object.entries(value).filter(([, each]) => isObject(each) && isObject(each.shards));
  const isState = /\/(?:clusterstate|state)\.json$/.test(path);
  if (collections.length > 0 && (isState || collections.length === Object.keys(value).length))
    return stateOf(collections as [string, JsonObject][]);
  if (path.endsWith('/clusterstate.json') && Object.keys(value).length === 0)
    return formatOf('solr state', 'SolrCloud: no collection keeps its state here', []);
  if (typeof value.core === 'string' && typeof value.base_url === 'string') {
    return formatOf('solr leader', 'SolrCloud: the replica that leads a shard', [
      ['core', value.core],
      ['node', value.node_name],
      ['at', value.base_url],
    ]);
  }
  if (/\/overseer_elect\/leader$/.test(path) && typeof value.id === 'string')
    return formatOf('solr overseer', 'SolrCloud: the node that is overseer', [['node', value.id]]);
  return undefined;
};

function stateOf(collections: readonly (readonly [string, JsonObject])[]): KnownFormat {
  const fields = collections.flatMap(([name, { shards, configName, replicationFactor, router }]) => [
    ['collection', name] as const,
    ['configuration', configName] as const,
    ['replication factor', replicationFactor] as const,
    ['router', isObject(router) ? router.name : router] as const,
    ...Object.entries(shards as JsonObject).map(
      ([shard, state]) => [`${name} ${shard}`, shardText(state)] as const,
    ),
  ]);
  return formatOf('solr state', 'SolrCloud: shards of collections, and their replicas', fields);
}

function shardText(shard: unknown): string {
  if (!isObject(shard)) return '';
  const replicas = isObject(shard.replicas) ? Object.values(shard.replicas).filter(isObject) : [];
  const told = replicas.map(
    ({ node_name: node, core, state, leader }) =>
      `${String(node ?? core)} ${String(state)}${leader === 'true' ? ' (leads)' : ''}`,
  );
  return [String(shard.state ?? ''), ...told].filter((each) => each !== '').join('; ');
}

/** A node of the cluster has an empty node of its name. */
export const solrLiveNode: Recogniser<Uint8Array> = (path, data) => {
  const name = /\/live_nodes\/([^/]+)$/.exec(path)?.[1];
  if (name === undefined || data.length > 0) return undefined;
  return formatOf('solr live node', 'SolrCloud: a node that is up, for as long as its session lives', [
    ['node', name],
  ]);
};
