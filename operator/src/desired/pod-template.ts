import type {
  V1Container,
  V1EnvVar,
  V1PodTemplateSpec,
  V1ResourceRequirements,
} from '@kubernetes/client-node';
import type { CoordinationCluster } from '@rookery/crds';
import {
  ADMIN_TOKEN_KEY,
  CLIENT_PORT,
  DATA_CLAIM,
  HTTP_PORT,
  JOIN_SECRET_KEY,
  PEER_PORT,
  RESTART_AT_ANNOTATION,
  SERVER_CONTAINER,
} from '../model/cluster-names.ts';
import type { Blueprint } from './blueprint.ts';
import { objectLabels } from './labels.ts';
import { DATA_DIR } from './member-config.ts';
import { memoryShares } from './memory.ts';
import { CONFIG_KEY, objectNames, PortName } from './names.ts';
import { containerSecurity, podSecurity, SECRET_FILE_MODE } from './pod-security.ts';
import type { Pool } from './pool.ts';
import { probes } from './probes.ts';
import { canonicalBytes, canonicalCpu } from './quantity.ts';
import { scheduling } from './scheduling.ts';
import { superUserMount } from './super-user.ts';
import { tlsEnvironment, tlsMounts, tlsVolumes } from './tls.ts';

const CONFIG_VOLUME = 'config';
const CONFIG_DIR = '/etc/rookery';
const ADMIN_VOLUME = 'admin';
const ADMIN_DIR = '/etc/rookery-admin';
/** What the image holds; it has no shell. */
const DRAIN_COMMAND = ['/nodejs/bin/node', '/rookery/server/dist/bin/rookery-server.mjs', 'drain'] as const;
/** To hand leadership over, to let endpoints follow, to close the log. */
const TERMINATION_GRACE_SECONDS = 60;
/** By which a member knows which one it is. */
export const ORDINAL_VARIABLE = 'ROOKERY_ORDINAL';
/** The ordinal, as Kubernetes labels the pods of StatefulSets since 1.28. */
const ORDINAL_FIELD = "metadata.labels['apps.kubernetes.io/pod-index']";

export function podTemplate(blueprint: Blueprint, pool: Pool): V1PodTemplateSpec {
  const { cluster, image } = blueprint;
  const { metadata, spec } = cluster;
  const names = objectNames(metadata.name);
  const added = spec.podTemplate.metadata;
  return {
    metadata: {
      labels: { ...added.labels, ...objectLabels(metadata.name, image), ...pool.labels },
      ...annotations({ ...added.annotations, ...restartAt(cluster) }),
    },
    spec: {
      serviceAccountName: names.serviceAccount,
      automountServiceAccountToken: false,
      // A variable for each Service of the namespace would come with them, and some look like settings.
      enableServiceLinks: false,
      terminationGracePeriodSeconds: TERMINATION_GRACE_SECONDS,
      securityContext: podSecurity(),
      ...scheduling(cluster, pool),
      ...(spec.image.pullSecrets.length === 0
        ? {}
        : { imagePullSecrets: spec.image.pullSecrets.map(({ name }) => ({ name })) }),
      containers: [serverContainer(blueprint)],
      volumes: [
        { name: CONFIG_VOLUME, configMap: { name: pool.configMap } },
        {
          name: ADMIN_VOLUME,
          secret: {
            secretName: names.adminSecret,
            defaultMode: SECRET_FILE_MODE,
            items: [
              { key: ADMIN_TOKEN_KEY, path: ADMIN_TOKEN_KEY },
              { key: JOIN_SECRET_KEY, path: JOIN_SECRET_KEY },
            ],
          },
        },
        ...tlsVolumes(blueprint),
        ...superUserMount(cluster).volumes,
      ],
    },
  };
}

/** Other text there, and the pods are made anew, one at a time, though nothing else of the spec has changed. */
function restartAt({ metadata }: CoordinationCluster): Readonly<Record<string, string>> {
  const at = metadata.annotations?.[RESTART_AT_ANNOTATION];
  return at === undefined ? {} : { [RESTART_AT_ANNOTATION]: at };
}

function annotations(all: Readonly<Record<string, string>>): { annotations?: Record<string, string> } {
  return Object.keys(all).length === 0 ? {} : { annotations: { ...all } };
}

function serverContainer(blueprint: Blueprint): V1Container {
  const { cluster, image } = blueprint;
  const { spec } = cluster;
  return {
    name: SERVER_CONTAINER,
    image,
    imagePullPolicy: spec.image.pullPolicy,
    args: [`${CONFIG_DIR}/${CONFIG_KEY}`],
    env: environment(blueprint),
    ports: [
      { name: PortName.client, containerPort: CLIENT_PORT, protocol: 'TCP' },
      { name: PortName.peer, containerPort: PEER_PORT, protocol: 'TCP' },
      { name: PortName.http, containerPort: HTTP_PORT, protocol: 'TCP' },
    ],
    resources: resources(spec.resources),
    ...probes(),
    lifecycle: { preStop: { exec: { command: [...DRAIN_COMMAND] } } },
    securityContext: containerSecurity(),
    volumeMounts: [
      { name: DATA_CLAIM, mountPath: DATA_DIR },
      // Whole folders: a file mounted by itself would never be brought up to date.
      { name: CONFIG_VOLUME, mountPath: CONFIG_DIR, readOnly: true },
      { name: ADMIN_VOLUME, mountPath: ADMIN_DIR, readOnly: true },
      ...tlsMounts(blueprint),
      ...superUserMount(cluster).mounts,
    ],
    // Why a member gave up stands in the pod's status.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

function environment(blueprint: Blueprint): V1EnvVar[] {
  const { heapMiB } = memoryShares(blueprint.cluster.spec.resources.limits.memory);
  return [
    { name: ORDINAL_VARIABLE, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: ORDINAL_FIELD } } },
    // Files, not variables: members take on other texts without a restart.
    { name: 'ROOKERY_HTTP_TOKEN_FILE', value: `${ADMIN_DIR}/${ADMIN_TOKEN_KEY}` },
    { name: 'ROOKERY_PEER_SECRET_FILE', value: `${ADMIN_DIR}/${JOIN_SECRET_KEY}` },
    ...tlsEnvironment(blueprint),
    ...superUserMount(blueprint.cluster).environment,
    { name: 'NODE_OPTIONS', value: `--max-old-space-size=${heapMiB}` },
  ];
}

function resources({ requests, limits }: CoordinationCluster['spec']['resources']): V1ResourceRequirements {
  return {
    requests: {
      cpu: canonicalCpu(requests.cpu),
      memory: canonicalBytes(requests.memory ?? limits.memory),
    },
    limits: {
      ...(limits.cpu === undefined ? {} : { cpu: canonicalCpu(limits.cpu) }),
      memory: canonicalBytes(limits.memory),
    },
  };
}
