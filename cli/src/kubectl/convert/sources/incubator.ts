import { SERVICE, serviceType } from '../settings/access.ts';
import { podAnnotations, podLabels, pullPolicy, replicas, serviceAnnotations } from '../settings/members.ts';
import { purgeInterval, setting } from '../settings/members-config.ts';
import { resources } from '../settings/resources.ts';
import { affinity, nodeSelector, priorityClassName, tolerations } from '../settings/scheduling.ts';
import { accessModes, persistenceEnabled, size, storageClass } from '../settings/storage.ts';
import { always, noCounterpart, notNeeded, type Table } from '../table.ts';
import * as reason from './reasons.ts';

const JMX = notNeeded('there is no JVM, and no JMX: metrics are at /metrics of port 8080');
const PORT = always(
  [2181, '2181'],
  'the client port is 2181',
  'the client port is 2181, whatever else it was: let clients use it',
);
const BUDGET = always([1, '1'], reason.BUDGET, 'one member goes at a time, whatever else may');

/** The values of the chart incubator/zookeeper of helm/charts, 2.1. */
export const INCUBATOR: Table = {
  replicaCount: replicas,
  'podDisruptionBudget.maxUnavailable': BUDGET,
  'podDisruptionBudget.minAvailable': BUDGET,
  terminationGracePeriodSeconds: notNeeded(reason.GRACE),
  updateStrategy: notNeeded(reason.UPDATES),
  image: notNeeded(reason.IMAGE),
  'image.pullPolicy': pullPolicy,
  'service.type': serviceType,
  'service.annotations': serviceAnnotations,
  'service.ports.client.port': PORT,
  'service.ports.client.targetPort': notNeeded('the client port is 2181'),
  'service.ports.client.protocol': always(['TCP'], 'it is TCP', SERVICE),
  'headless.annotations': noCounterpart('the headless Service has no annotations of yours'),
  'headless.publishNotReadyAddresses': notNeeded(reason.HEADLESS),
  ports: notNeeded('ports are those of the image'),
  resources,
  priorityClassName,
  nodeSelector,
  tolerations,
  affinity,
  podAnnotations,
  podLabels,
  securityContext: notNeeded(reason.POD_SECURITY),
  command: notNeeded(reason.COMMAND),
  secrets: noCounterpart(reason.EXTRA_VOLUMES),
  'persistence.enabled': persistenceEnabled,
  'persistence.storageClass': storageClass,
  'persistence.accessMode': accessModes,
  'persistence.size': size,
  exporters: notNeeded(reason.METRICS),
  prometheus: notNeeded(reason.METRICS),
  schedulerName: noCounterpart(reason.SCHEDULER),
  env: noCounterpart(reason.ENVIRONMENT),
  'env.JMXAUTH': JMX,
  'env.JMXDISABLE': JMX,
  'env.JMXPORT': JMX,
  'env.JMXSSL': JMX,
  'env.ZOO_PORT': PORT,
  'env.ZOO_INIT_LIMIT': setting('initLimit'),
  // Two names of one setting, of which the image reads this one.
  'env.ZOO_TICK_TIME': setting('tickTime'),
  'env.ZK_TICK_TIME': notNeeded('the image of the chart goes by ZOO_TICK_TIME'),
  'env.ZOO_MAX_CLIENT_CNXNS': setting('maxClientCnxns'),
  'env.ZK_SYNC_LIMIT': setting('syncLimit'),
  'env.ZOO_AUTOPURGE_PURGEINTERVAL': purgeInterval,
  'env.ZOO_AUTOPURGE_SNAPRETAINCOUNT': setting('autopurge.snapRetainCount'),
  'env.ZOO_STANDALONE_ENABLED': notNeeded('who is a member is decided by the operator'),
  'env.ZK_QUORUM_LISTEN_ALL_IP': notNeeded('members listen at all addresses of their pod'),
  'jobs.chroots': noCounterpart('make the nodes by: rookery create /PATH --parents'),
};
