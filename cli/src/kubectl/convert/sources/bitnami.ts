import {
  allowExternal,
  clientAuth,
  clientSecret,
  clientTls,
  PEER_AUTHORITY,
  PEM,
  policyEnabled,
  SASL,
  SERVICE,
  serviceType,
  withAllowExternal,
} from '../settings/access.ts';
import {
  commonAnnotations,
  commonLabels,
  podAnnotations,
  podLabels,
  pullPolicy,
  pullSecrets,
  replicas,
  serviceAnnotations,
} from '../settings/members.ts';
import { jvmFlags, logLevel, NO_JVM, purgeInterval, setting, zooCfg } from '../settings/members-config.ts';
import { resources } from '../settings/resources.ts';
import {
  affinity,
  antiAffinityPreset,
  nodeAffinityPreset,
  nodeSelector,
  priorityClassName,
  tolerations,
  topologySpread,
} from '../settings/scheduling.ts';
import {
  accessModes,
  DATA_STAYS,
  globalStorageClass,
  persistenceEnabled,
  size,
  storageClass,
} from '../settings/storage.ts';
import { always, isTrue, isUnset, noCounterpart, notNeeded, type Table, take, valueAt } from '../table.ts';
import * as reason from './reasons.ts';

const CLIENT_PORT = 'the client port is 2181';
const PRESET =
  "what a preset stands for is the chart's own: write spec.resources; without it a member has 200m and 512Mi";
const FIPS = 'whether cryptography is of FIPS is decided by the OpenSSL of Node in the image';
const EGRESS = 'what members send is not bound: write a NetworkPolicy of your own';
const BUDGET_NUMBERS = always(['', 1, '1'], reason.BUDGET, 'one member goes at a time, whatever else may');
const PEER_SASL = notNeeded(
  'members prove themselves to one another by certificates, which the operator makes',
);
const PEER_STORES = noCounterpart(PEER_AUTHORITY);
const STORES = noCounterpart(PEM);
const PORT = always(
  [2181, '2181'],
  CLIENT_PORT,
  `${CLIENT_PORT}, whatever else a Service has: let clients use it`,
);
const TLS_PORT = notNeeded('TLS is spoken at port 2181, too: let clients use that (spec.tls.client.mode)');

/** The values of the chart bitnami/zookeeper, of the releases from 5 on. */
export const BITNAMI: Table = {
  global: noCounterpart('it is said to all charts of a release'),
  'global.imageRegistry': noCounterpart(
    "name the repository in your registry that has Rookery's image by spec.image.repository",
  ),
  'global.imagePullSecrets': pullSecrets,
  'global.storageClass': globalStorageClass(),
  'global.defaultStorageClass': globalStorageClass('global.storageClass', 'persistence.storageClass'),
  'global.security.allowInsecureImages': notNeeded(reason.IMAGE),
  'global.compatibility.openshift': notNeeded(reason.POD_SECURITY),
  'global.defaultFips': notNeeded(FIPS),
  kubeVersion: notNeeded('the operator asks the API server'),
  nameOverride: notNeeded(reason.NAMES),
  fullnameOverride: notNeeded('metadata.name, unless --name says otherwise'),
  clusterDomain: notNeeded(reason.CLUSTER_DOMAIN),
  extraDeploy: noCounterpart(reason.EXTRA_OBJECTS),
  commonLabels,
  commonAnnotations,
  namespaceOverride: notNeeded('metadata.namespace, unless -n says otherwise'),
  usePasswordFiles: notNeeded('secrets are always files to a member'),
  diagnosticMode: noCounterpart('members have no such mode: see docs/debugging.md'),
  image: notNeeded(reason.IMAGE),
  'image.pullPolicy': pullPolicy,
  'image.pullSecrets': pullSecrets,
  'image.debug': noCounterpart('spec.config.logLevel: debug'),
  'auth.client': noCounterpart(SASL),
  'auth.quorum': PEER_SASL,
  // Before release 8 of the chart there was only that of clients.
  'auth.enabled': noCounterpart(SASL),
  'auth.existingSecret': noCounterpart(SASL),
  'auth.clientUser': noCounterpart(SASL),
  'auth.clientPassword': noCounterpart(SASL),
  'auth.serverUsers': noCounterpart(SASL),
  'auth.serverPasswords': noCounterpart(SASL),
  allowAnonymousLogin: always([true, 'yes', 'true'], 'access lists say who may do what', SASL),
  tickTime: setting('tickTime'),
  initLimit: setting('initLimit'),
  syncLimit: setting('syncLimit'),
  preAllocSize: notNeeded('log segments are always preallocated'),
  snapCount: setting('snapCount'),
  maxClientCnxns: setting('maxClientCnxns'),
  maxSessionTimeout: setting('maxSessionTimeout'),
  heapSize: noCounterpart(NO_JVM),
  fourlwCommandsWhitelist: setting('4lw.commands.whitelist'),
  minServerId: notNeeded(reason.MEMBER_IDS),
  listenOnAllIPs: notNeeded('members listen at all addresses of their pod'),
  zooServers: noCounterpart('the members are those that the operator makes: none of elsewhere joins them'),
  fipsMode: notNeeded(FIPS),
  fips: notNeeded(FIPS),
  'autopurge.snapRetainCount': setting('autopurge.snapRetainCount'),
  'autopurge.purgeInterval': purgeInterval,
  logLevel,
  jvmFlags,
  dataLogDir: notNeeded(reason.ONE_VOLUME),
  configuration: zooCfg,
  config: zooCfg,
  existingConfigmap: noCounterpart('its zoo.cfg is not here: give it as configuration, and convert that'),
  extraEnvVars: noCounterpart(reason.ENVIRONMENT),
  extraEnvVarsCM: noCounterpart(reason.ENVIRONMENT),
  extraEnvVarsSecret: noCounterpart(reason.ENVIRONMENT),
  command: notNeeded(reason.COMMAND),
  args: notNeeded(reason.COMMAND),
  replicaCount: replicas,
  revisionHistoryLimit: notNeeded('the operator keeps what it needs'),
  containerPorts: notNeeded('ports are those of the image'),
  livenessProbe: notNeeded(reason.PROBES),
  readinessProbe: notNeeded(reason.PROBES),
  startupProbe: notNeeded(reason.PROBES),
  customLivenessProbe: notNeeded(reason.PROBES),
  customReadinessProbe: notNeeded(reason.PROBES),
  customStartupProbe: notNeeded(reason.PROBES),
  lifecycleHooks: noCounterpart('members are drained before they stop; nothing else can be hooked in'),
  resourcesPreset: take(({ key, value, values, draft }) => {
    if (value === 'none' || valueAt(values, 'resources.limits') !== undefined)
      draft.notNeeded(key, 'resources says it');
    else draft.leave(key, PRESET);
  }),
  resources,
  podSecurityContext: notNeeded(reason.POD_SECURITY),
  containerSecurityContext: notNeeded(reason.POD_SECURITY),
  securityContext: notNeeded(reason.POD_SECURITY),
  automountServiceAccountToken: noCounterpart('members have no token of Kubernetes'),
  hostAliases: noCounterpart(reason.DNS),
  podLabels,
  podAnnotations,
  podAffinityPreset: noCounterpart(
    'members are spread from one another; that they are near to each other cannot be said',
  ),
  podAntiAffinityPreset: antiAffinityPreset,
  nodeAffinityPreset,
  affinity,
  nodeSelector,
  tolerations,
  topologySpreadConstraints: topologySpread,
  podManagementPolicy: notNeeded('the operator starts members together, and rolls them one at a time'),
  priorityClassName,
  schedulerName: noCounterpart(reason.SCHEDULER),
  updateStrategy: notNeeded(reason.UPDATES),
  rollingUpdatePartition: notNeeded(reason.UPDATES),
  extraVolumes: noCounterpart(reason.EXTRA_VOLUMES),
  extraVolumeMounts: noCounterpart(reason.EXTRA_VOLUMES),
  sidecars: noCounterpart(reason.EXTRA_CONTAINERS),
  initContainers: noCounterpart(reason.EXTRA_CONTAINERS),
  'pdb.create': take(({ key, value, draft }) => {
    const why = isTrue(value) ? 'one member at a time, from three on' : undefined;
    draft.take(key, 'disruption.pdb', isTrue(value) ? 'Auto' : 'Disabled', why);
  }),
  'pdb.minAvailable': BUDGET_NUMBERS,
  'pdb.maxUnavailable': BUDGET_NUMBERS,
  'podDisruptionBudget.minAvailable': BUDGET_NUMBERS,
  'podDisruptionBudget.maxUnavailable': BUDGET_NUMBERS,
  enableServiceLinks: notNeeded('members do not look at such variables'),
  dnsPolicy: noCounterpart(reason.DNS),
  dnsConfig: noCounterpart(reason.DNS),
  'service.type': serviceType,
  'service.ports.client': PORT,
  'service.ports.tls': TLS_PORT,
  'service.ports.follower': notNeeded(reason.PEER_PORTS),
  'service.ports.election': notNeeded(reason.PEER_PORTS),
  'service.port': PORT,
  'service.followerPort': notNeeded(reason.PEER_PORTS),
  'service.electionPort': notNeeded(reason.PEER_PORTS),
  'service.nodePorts': noCounterpart('Kubernetes chooses the port of the nodes'),
  'service.disableBaseClientPort': take(({ key, value, values, draft }) => {
    if (value === false) return;
    if (isTrue(valueAt(values, 'tls.client.enabled')))
      draft.notNeeded(key, 'tls.client.enabled says it by spec.tls.client.mode');
    else draft.leave(key, 'without tls.client.enabled nobody could connect');
  }),
  'service.sessionAffinity': always(['None'], 'clients go wherever they are sent', SERVICE),
  'service.sessionAffinityConfig': noCounterpart(SERVICE),
  'service.clusterIP': noCounterpart(SERVICE),
  'service.loadBalancerIP': noCounterpart(
    `${SERVICE}; many clouds take an annotation for it: spec.services.client.annotations`,
  ),
  'service.loadBalancerSourceRanges': noCounterpart(
    'WHO MAY COME FROM OUTSIDE IS NOT BOUND BY IT: write ipBlocks into spec.networkPolicy.clientFrom, or an annotation of your cloud',
  ),
  'service.externalTrafficPolicy': always(['Cluster'], 'it is what Kubernetes does by itself', SERVICE),
  'service.publishNotReadyAddresses': notNeeded(reason.HEADLESS),
  'service.annotations': serviceAnnotations,
  'service.extraPorts': noCounterpart(SERVICE),
  'service.headless': notNeeded(reason.HEADLESS),
  'service.headless.annotations': noCounterpart('the headless Service has no annotations of yours'),
  'service.headless.servicenameOverride': noCounterpart(reason.HEADLESS),
  'service.tls.client_enable': clientTls('service.tls.disable_base_client_port'),
  'service.tls.disable_base_client_port': notNeeded(
    'service.tls.client_enable says it by spec.tls.client.mode',
  ),
  'service.tls.quorum_enable': notNeeded('members speak TLS with one another anyway'),
  'service.tls.client_port': TLS_PORT,
  'service.tls.client_keystore_path': STORES,
  'service.tls.client_keystore_password': STORES,
  'service.tls.client_truststore_path': STORES,
  'service.tls.client_truststore_password': STORES,
  'service.tls.quorum_keystore_path': PEER_STORES,
  'service.tls.quorum_keystore_password': PEER_STORES,
  'service.tls.quorum_truststore_path': PEER_STORES,
  'service.tls.quorum_truststore_password': PEER_STORES,
  'networkPolicy.enabled': policyEnabled,
  'networkPolicy.allowExternal': allowExternal,
  'networkPolicy.allowExternalEgress': always([true], 'what members send is not bound', EGRESS),
  'networkPolicy.extraIngress': noCounterpart(
    'write who may reach the client port into spec.networkPolicy.clientFrom; for other ports, a NetworkPolicy of your own',
  ),
  'networkPolicy.extraEgress': noCounterpart(EGRESS),
  'networkPolicy.ingressNSMatchLabels': withAllowExternal,
  'networkPolicy.ingressNSPodMatchLabels': withAllowExternal,
  serviceAccount: notNeeded(reason.SERVICE_ACCOUNT),
  'serviceAccount.name': noCounterpart(reason.SERVICE_ACCOUNT),
  'serviceAccount.annotations': noCounterpart(reason.SERVICE_ACCOUNT),
  'persistence.enabled': persistenceEnabled,
  'persistence.existingClaim': noCounterpart(DATA_STAYS),
  'persistence.storageClass': take((given) => {
    if (valueAt(given.values, 'global.storageClass'))
      given.draft.notNeeded(given.key, 'global.storageClass counts before it');
    else if ('take' in storageClass) storageClass.take(given);
  }),
  'persistence.accessModes': accessModes,
  'persistence.size': size,
  'persistence.annotations': noCounterpart(reason.VOLUME_METADATA),
  'persistence.labels': noCounterpart(reason.VOLUME_METADATA),
  'persistence.selector': noCounterpart(reason.VOLUME_SELECTOR),
  'persistence.dataLogDir': take(({ key, values, draft }) => {
    const hasOwn = !isUnset(valueAt(values, 'dataLogDir'));
    draft.notNeeded(
      key,
      hasOwn ? `${reason.ONE_VOLUME}: add its size to spec.storage.size` : reason.ONE_VOLUME,
    );
  }),
  'persistence.dataLogDir.existingClaim': noCounterpart(DATA_STAYS),
  'persistence.dataLogDir.selector': noCounterpart(reason.VOLUME_SELECTOR),
  volumePermissions: notNeeded('the pods have an fsGroup'),
  metrics: notNeeded(reason.METRICS),
  'metrics.serviceMonitor': notNeeded(reason.METRICS),
  'metrics.prometheusRule': noCounterpart(reason.RULES),
  'tls.client.enabled': clientTls('service.disableBaseClientPort'),
  'tls.client.auth': clientAuth,
  'tls.client.autoGenerated': notNeeded(
    "the operator makes certificates by the cluster's own authority, which clients find in the ConfigMap NAME-ca",
  ),
  'tls.client.existingSecret': clientSecret,
  'tls.client.existingSecretKeystoreKey': STORES,
  'tls.client.existingSecretTruststoreKey': STORES,
  'tls.client.keystorePath': notNeeded('the operator mounts what spec.tls.client.secretName names'),
  'tls.client.truststorePath': notNeeded(
    'the operator mounts what spec.tls.client.clientAuth.secretName names',
  ),
  'tls.client.passwordsSecretName': STORES,
  'tls.client.passwordsSecretKeystoreKey': STORES,
  'tls.client.passwordsSecretTruststoreKey': STORES,
  'tls.client.keystorePassword': STORES,
  'tls.client.truststorePassword': STORES,
  'tls.quorum.enabled': notNeeded('members speak TLS with one another anyway: spec.tls.peer'),
  'tls.quorum.auth': notNeeded('members always show certificates to one another'),
  'tls.quorum.autoGenerated': notNeeded("the operator makes the members' certificates"),
  'tls.quorum.existingSecret': PEER_STORES,
  'tls.quorum.existingSecretKeystoreKey': PEER_STORES,
  'tls.quorum.existingSecretTruststoreKey': PEER_STORES,
  'tls.quorum.keystorePath': notNeeded('the operator mounts certificates'),
  'tls.quorum.truststorePath': notNeeded('the operator mounts certificates'),
  'tls.quorum.passwordsSecretName': PEER_STORES,
  'tls.quorum.passwordsSecretKeystoreKey': PEER_STORES,
  'tls.quorum.passwordsSecretTruststoreKey': PEER_STORES,
  'tls.quorum.keystorePassword': PEER_STORES,
  'tls.quorum.truststorePassword': PEER_STORES,
  'tls.resourcesPreset': notNeeded('no container makes stores'),
  'tls.resources': notNeeded('no container makes stores'),
  'tls.fips': notNeeded(FIPS),
};
