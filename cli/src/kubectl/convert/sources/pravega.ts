import {
  commonLabels,
  podAnnotations,
  podLabels,
  pullPolicy,
  pullSecrets,
  replicas,
  serviceAnnotations,
} from '../settings/members.ts';
import { purgeInterval, setting, zooKeys } from '../settings/members-config.ts';
import { resources } from '../settings/resources.ts';
import { affinity, nodeSelector, tolerations, topologySpread } from '../settings/scheduling.ts';
import { accessModes, DATA_STAYS, reclaimPolicy, size, storageClass, takeSize } from '../settings/storage.ts';
import {
  always,
  isObject,
  isUnset,
  noCounterpart,
  notNeeded,
  type Table,
  take,
  textOf,
  valueAt,
} from '../table.ts';
import * as reason from './reasons.ts';

const EPHEMERAL = 'each member has a volume, on which its promises rest: there are no members without one';

function isEphemeral(storageType: unknown): boolean {
  return textOf(storageType).toLowerCase() === 'ephemeral';
}

/** What the operator's resource and its chart have in common. */
const COMMON: Table = {
  image: notNeeded(reason.IMAGE),
  'image.pullPolicy': pullPolicy,
  labels: commonLabels,
  replicas,
  ports: notNeeded('ports are those of the image'),
  'pod.labels': podLabels,
  'pod.nodeSelector': nodeSelector,
  'pod.affinity': affinity,
  'pod.topologySpreadConstraints': topologySpread,
  'pod.resources': resources,
  'pod.tolerations': tolerations,
  'pod.env': noCounterpart(reason.ENVIRONMENT),
  'pod.annotations': podAnnotations,
  'pod.securityContext': notNeeded(reason.POD_SECURITY),
  'pod.terminationGracePeriodSeconds': notNeeded(reason.GRACE),
  'pod.serviceAccountName': notNeeded(reason.SERVICE_ACCOUNT),
  'pod.imagePullSecrets': pullSecrets,
  'adminServerService.annotations': noCounterpart(
    'there is no Service of port 8080: /commands of a member is there',
  ),
  'adminServerService.external': noCounterpart(
    'port 8080 is not for the outside: kubectl rookery window forwards it',
  ),
  'clientService.annotations': serviceAnnotations,
  triggerRollingRestart: notNeeded('kubectl rookery restart does it'),
  'headlessService.annotations': noCounterpart('the headless Service has no annotations of yours'),
  storageType: take(({ key, value, draft }) => {
    if (isEphemeral(value)) draft.leave(key, EPHEMERAL);
    else draft.notNeeded(key, 'each member has a volume');
  }),
  'persistence.reclaimPolicy': reclaimPolicy,
  'persistence.annotations': noCounterpart(reason.VOLUME_METADATA),
  ephemeral: take(({ key, values, draft }) => {
    if (isEphemeral(valueAt(values, 'storageType'))) draft.leave(key, EPHEMERAL);
    else draft.notNeeded(key, 'it counts with storageType: ephemeral alone');
  }),
  'config.initLimit': setting('initLimit'),
  'config.tickTime': setting('tickTime'),
  'config.syncLimit': setting('syncLimit'),
  'config.globalOutstandingLimit': notNeeded('the limit is spec.config.limits.outstandingRequests'),
  'config.preAllocSize': notNeeded('log segments are always preallocated'),
  'config.snapCount': setting('snapCount'),
  'config.commitLogCount': notNeeded('the log in memory has a bound of its own, in bytes'),
  'config.snapSizeLimitInKb': notNeeded('a snapshot is made after so many entries of the log'),
  'config.maxCnxns': setting('maxCnxns'),
  'config.maxClientCnxns': setting('maxClientCnxns'),
  'config.minSessionTimeout': setting('minSessionTimeout'),
  'config.maxSessionTimeout': setting('maxSessionTimeout'),
  'config.autoPurgeSnapRetainCount': setting('autopurge.snapRetainCount'),
  'config.autoPurgePurgeInterval': purgeInterval,
  'config.quorumListenOnAllIPs': notNeeded('members listen at all addresses of their pod'),
  'config.additionalConfig': zooKeys,
  domainName: noCounterpart(
    'members are not given names outside by themselves: see spec.services.external and its annotations for external-dns',
  ),
  kubernetesClusterDomain: notNeeded(reason.CLUSTER_DOMAIN),
  containers: noCounterpart(reason.EXTRA_CONTAINERS),
  initContainers: noCounterpart(reason.EXTRA_CONTAINERS),
  volumes: noCounterpart(reason.EXTRA_VOLUMES),
  volumeMounts: noCounterpart(reason.EXTRA_VOLUMES),
  probes: notNeeded(reason.PROBES),
  maxUnavailableReplicas: always([1], reason.BUDGET, 'one member goes at a time, whatever else may'),
};

/** The spec of ZookeeperCluster, zookeeper.pravega.io/v1beta1. */
export const PRAVEGA: Table = {
  ...COMMON,
  'persistence.spec.accessModes': accessModes,
  'persistence.spec.dataSource': noCounterpart(DATA_STAYS),
  'persistence.spec.dataSourceRef': noCounterpart(DATA_STAYS),
  'persistence.spec.resources': take((given) => {
    const { requests, ...others } = isObject(given.value) ? given.value : {};
    const { storage, ...more } = isObject(requests) ? requests : {};
    const size = { ...given, key: `${given.key}.requests.storage`, value: storage };
    if (!isUnset(storage)) takeSize(size);
    if (!isUnset(others) || !isUnset(more))
      given.draft.leave(given.key, 'of the volume the size that it asks for is taken');
    else if (isUnset(storage)) given.draft.leave(given.key, 'it has to be an object');
  }),
  'persistence.spec.selector': noCounterpart(reason.VOLUME_SELECTOR),
  'persistence.spec.storageClassName': storageClass,
  'persistence.spec.volumeMode': always(
    ['Filesystem'],
    'it is a file system',
    'a member needs a file system',
  ),
  'persistence.spec.volumeName': noCounterpart(DATA_STAYS),
};

/** The values of that operator's chart of one ensemble. */
export const PRAVEGA_CHART: Table = {
  ...COMMON,
  nameOverride: notNeeded(reason.NAMES),
  fullnameOverride: notNeeded('metadata.name, unless --name says otherwise'),
  restartOnConfigChange: notNeeded('settings that change are brought to the members by themselves'),
  'persistence.storageClassName': storageClass,
  'persistence.volumeSize': size,
  hooks: notNeeded('the operator needs no hooks of Helm'),
};
