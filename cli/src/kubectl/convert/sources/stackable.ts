import { pullPolicy, pullSecrets, takeReplicas, wholeNumber } from '../settings/members.ts';
import { jvmFlags, logLevel, NO_JVM, setting, takeZooKey } from '../settings/members-config.ts';
import { takeResources } from '../settings/resources.ts';
import { nodeAffinity, nodeSelector, podAntiAffinity } from '../settings/scheduling.ts';
import { size, storageClass } from '../settings/storage.ts';
import {
  always,
  type Given,
  isObject,
  isUnset,
  noCounterpart,
  notNeeded,
  type Row,
  type Table,
  take,
  type Values,
  valueAt,
} from '../table.ts';
import * as reason from './reasons.ts';

const GROUPS = 'servers.roleGroups';
const ALIKE = 'members are all alike: what the first role group says is taken';
const SECRET_CLASS = "certificates come from the operator, a Secret or an issuer of cert-manager's: spec.tls";
const LOG_FILES = 'members log to their standard output alone, as JSON';

function groupsOf(values: Values): Values {
  const groups = valueAt(values, GROUPS);
  return isObject(groups) ? groups : {};
}

/** The same, with the one member of a group that does not say how many it has. */
export function withReplicas(spec: Values): Values {
  const groups = Object.entries(groupsOf(spec)).map(([name, group]) => [
    name,
    isObject(group) ? { ...group, replicas: group.replicas ?? 1 } : { replicas: 1 },
  ]);
  if (groups.length === 0) return spec;
  return { ...spec, servers: { ...(spec.servers as Values), roleGroups: Object.fromEntries(groups) } };
}

/** Whether the key is of a group that does not count. */
function isFurtherGroup({ key, values }: Given): boolean {
  const [first] = Object.keys(groupsOf(values));
  return key.startsWith(`${GROUPS}.`) && first !== undefined && !key.startsWith(`${GROUPS}.${first}.`);
}

/** What is said for all servers, and again for a group of them. */
function ofGroup(row: Row): Row {
  return take((given) => {
    const { draft, key, value } = given;
    if (isFurtherGroup(given)) draft.leave(key, ALIKE);
    else if ('take' in row) row.take(given);
    else if (value === false) return;
    else if ('notNeeded' in row) draft.notNeeded(key, row.notNeeded);
    else draft.leave(key, row.noCounterpart);
  });
}

/** All groups together; told with the first of them. */
const replicas = take((given) => {
  const { draft, key, values } = given;
  if (isFurtherGroup(given)) return draft.notNeeded(key, 'it is counted with those of the first role group');
  const counts = Object.values(groupsOf(values)).map((group) =>
    wholeNumber(isObject(group) ? group.replicas : 1),
  );
  takeReplicas({ ...given, value: counts.reduce((sum, count) => sum + count, 0) });
});

/** `min` and `max` are request and limit. */
const cpu = take(({ key, value, draft }) => {
  const at = (name: string) => {
    const found = isObject(value) ? value[name] : undefined;
    return isUnset(found) ? {} : { cpu: { key: `${key}.${name}`, value: found } };
  };
  takeResources(draft, { requests: at('min'), limits: at('max') });
});

/** One number for both. */
const memory = take(({ key, value, draft }) => {
  takeResources(draft, { requests: {}, limits: { memory: { key, value } } });
});

const overrides = take(({ key, value, draft }) => {
  if (!isObject(value)) return draft.leave(key, 'it has to be an object of files');
  for (const [file, properties] of Object.entries(value)) {
    if (file !== 'zoo.cfg' || !isObject(properties)) draft.leave(`${key}.${file}`, NO_JVM);
    else
      for (const [name, text] of Object.entries(properties))
        takeZooKey(name, { key: `${key}.${file}: ${name}`, value: text, draft });
  }
});

/** Below `servers.config`, and below `config` of each group. */
const CONFIG: Table = {
  'affinity.nodeAffinity': nodeAffinity,
  'affinity.nodeSelector': nodeSelector,
  'affinity.podAffinity': noCounterpart(
    'members are spread from one another; that they are near other pods cannot be said',
  ),
  'affinity.podAntiAffinity': podAntiAffinity,
  gracefulShutdownTimeout: notNeeded(reason.GRACE),
  initLimit: setting('initLimit'),
  logging: noCounterpart(LOG_FILES),
  'logging.containers.zookeeper.console.level': logLevel,
  'logging.containers.prepare': notNeeded('no container prepares anything'),
  myidOffset: notNeeded(reason.MEMBER_IDS),
  requestedSecretLifetime: notNeeded('the operator renews certificates'),
  'resources.cpu': cpu,
  'resources.memory.limit': memory,
  'resources.memory.runtimeLimits': noCounterpart(NO_JVM),
  'resources.storage.data.capacity': size,
  'resources.storage.data.selectors': noCounterpart(reason.VOLUME_SELECTOR),
  'resources.storage.data.storageClass': storageClass,
  syncLimit: setting('syncLimit'),
  tickTime: setting('tickTime'),
};

/** Beside `config`. */
const ROLE: Table = {
  cliOverrides: noCounterpart(reason.COMMAND),
  configOverrides: overrides,
  envOverrides: noCounterpart(reason.ENVIRONMENT),
  'jvmArgumentOverrides.add': jvmFlags,
  'jvmArgumentOverrides.remove': noCounterpart(NO_JVM),
  'jvmArgumentOverrides.removeRegex': noCounterpart(NO_JVM),
  podOverrides: noCounterpart(
    'pods are as the operator makes them: see spec.podTemplate and spec.scheduling',
  ),
};

function below(prefix: string, table: Table): Table {
  return Object.fromEntries(Object.entries(table).map(([key, row]) => [`${prefix}.${key}`, ofGroup(row)]));
}

/** The spec of ZookeeperCluster, zookeeper.stackable.tech/v1alpha1. */
export const STACKABLE: Table = {
  'clusterConfig.authentication': noCounterpart(
    'NO CERTIFICATE IS ASKED FOR: name a Secret whose ca.crt has the authorities that sign those of clients, by spec.tls.client.clientAuth.secretName',
  ),
  'clusterConfig.tls.quorumSecretClass': notNeeded(
    `members speak TLS with one another anyway; ${SECRET_CLASS}`,
  ),
  'clusterConfig.tls.serverSecretClass': take(({ key, draft }) => {
    draft.take(
      key,
      'tls.client.mode',
      'Required',
      `${SECRET_CLASS}; clients find the authority in the ConfigMap NAME-ca`,
    );
  }),
  'clusterConfig.vectorAggregatorConfigMapName': noCounterpart(LOG_FILES),
  'clusterOperation.reconciliationPaused': take(
    ({ key, value, draft }) => void draft.take(key, 'paused', value),
  ),
  'clusterOperation.stopped': take(({ key, value, draft }) => void draft.take(key, 'hibernated', value)),
  image: notNeeded(reason.IMAGE),
  'image.pullPolicy': pullPolicy,
  'image.pullSecrets': pullSecrets,
  objectOverrides: noCounterpart('objects are as the operator makes them'),
  ...below('servers', ROLE),
  ...below('servers.config', CONFIG),
  ...below(`${GROUPS}.*`, ROLE),
  ...below(`${GROUPS}.*.config`, CONFIG),
  'servers.roleConfig.listenerClass': always(
    ['cluster-internal'],
    'clients reach the members from inside this Kubernetes',
    'see spec.services: client.type, and external for a Service of each member',
  ),
  'servers.roleConfig.podDisruptionBudget.enabled': take(({ key, value, draft }) => {
    draft.take(key, 'disruption.pdb', value === false ? 'Disabled' : 'Auto');
  }),
  'servers.roleConfig.podDisruptionBudget.maxUnavailable': always(
    [1],
    reason.BUDGET,
    'one member goes at a time, whatever else may',
  ),
  [`${GROUPS}.*.replicas`]: replicas,
};
