import { createHash } from 'node:crypto';
import { type CoordinationCluster, durationMs, knowsNewerSettings } from '@rookery/crds';
import { stringify } from 'yaml';
import {
  CLIENT_PORT,
  FIRST_READ_ORDINAL,
  HTTP_PORT,
  memberHost,
  PEER_PORT,
  PROOF_SERVER_ID,
  peerHost,
  proofHost,
} from '../model/cluster-names.ts';
import { type Blueprint, versionOf } from './blueprint.ts';
import { memoryShares } from './memory.ts';
import { serverIdOfOrdinal } from './names.ts';

type Config = CoordinationCluster['spec']['config'];

/** Where the volume of a pod is mounted. */
export const DATA_DIR = '/data';

/** Of both families: Services of either one, and clusters of IPv6 alone, find somebody listening. */
const ALL_ADDRESSES = '::';
const HASH_CHARACTERS = 12;

/** The members' rookery.yaml. It is the same for all: each knows by its pod which of them it is. */
export function memberConfig(blueprint: Blueprint): string {
  return stringify({ ...identity(blueprint), ...settings(blueprint) }, { lineWidth: 0 });
}

/** That of the learner by which a version is proved. */
export function proverConfig(blueprint: Blueprint): object {
  const { members, ...cluster } = identity(blueprint);
  const { name, namespace } = blueprint.cluster.metadata;
  const host = proofHost(name, namespace);
  const place = { host, peerPort: PEER_PORT, clientHost: host, clientPort: CLIENT_PORT };
  return {
    ...cluster,
    members: [...members, { id: PROOF_SERVER_ID, ...place, role: 'learner' }],
    provesVersion: true,
    ...settings(blueprint),
  };
}

/** That of the read replicas: besides the members it names themselves. */
export function readReplicaConfig(blueprint: Blueprint): object {
  const { members, ...cluster } = identity(blueprint);
  const readers = Array.from({ length: blueprint.readReplicas }, (_, at) => ({
    ...placeOf(blueprint.cluster, FIRST_READ_ORDINAL + at),
    role: 'learner',
  }));
  return { ...cluster, members: [...members, ...readers], ...settings(blueprint) };
}

/**
 * Of what a member reads only when it starts: with another hash it has to start anew. What tells the members who they are is not in it,
 * because the log goes before it once there is one.
 */
export function memberConfigHash(blueprint: Blueprint): string {
  return createHash('sha256')
    .update(JSON.stringify(settings(blueprint)))
    .digest('hex')
    .slice(0, HASH_CHARACTERS);
}

function identity({ cluster, replicas }: Blueprint) {
  const clusterId = cluster.status?.clusterId;
  return {
    // Members with it never begin a cluster, whatever has become of their volumes.
    ...(clusterId === undefined ? {} : { clusterId }),
    members: Array.from({ length: replicas }, (_, ordinal) => placeOf(cluster, ordinal)),
  };
}

function placeOf({ metadata: { name, namespace } }: Blueprint['cluster'], ordinal: number) {
  return {
    id: serverIdOfOrdinal(ordinal),
    host: peerHost(name, namespace, ordinal),
    peerPort: PEER_PORT,
    clientHost: memberHost(name, namespace, ordinal),
    clientPort: CLIENT_PORT,
  };
}

function settings({ cluster: { spec }, image }: Blueprint) {
  const { config } = spec;
  const newer = newerSettings(config, image);
  return {
    dataDir: DATA_DIR,
    // The operator's to decide, by /admin/members.
    membership: 'admin',
    client: {
      host: ALL_ADDRESSES,
      port: CLIENT_PORT,
      maxConnectionsPerAddress: config.maxConnectionsPerAddress,
      maxFrameBytes: config.maxRequestBytes,
      ...newer.client,
    },
    peer: { host: ALL_ADDRESSES },
    http: { host: ALL_ADDRESSES, port: HTTP_PORT, ...newer.http },
    tickTimeMs: durationMs(config.tickTime),
    initLimit: config.initLimit,
    syncLimit: config.syncLimit,
    ...inMs('minSessionTimeoutMs', config.minSessionTimeout),
    ...inMs('maxSessionTimeoutMs', config.maxSessionTimeout),
    snapshotEveryEntries: config.snapshotEvery,
    snapshotRetain: config.snapshotRetain,
    fourLetterWords: [...config.fourLetterWords],
    reconfigEnabled: false,
    ...newer.top,
    log: { level: config.logLevel, pretty: false },
    limits: { ...config.limits, treeBytes: memoryShares(spec.resources.limits.memory).treeBytes },
  };
}

/**
 * What not all versions know, and only where it is asked for: with a line more in their file the members of a cluster that is there would have to start
 * anew. While another version is proved the members may be older than the spec's.
 */
function newerSettings(config: Config, image: string) {
  if (!knowsNewerSettings(versionOf(image))) return { client: {}, http: {}, top: {} };
  const { window, httpForPrograms, enforceQuotas, readOnlyMode } = config;
  return {
    client: readOnlyMode ? { readOnlyMode } : {},
    http: { ...(window === undefined ? {} : { window }), ...(httpForPrograms ? { v1: true } : {}) },
    top: enforceQuotas ? { enforceQuota: true } : {},
  };
}

function inMs(name: string, duration: string | undefined): Readonly<Record<string, number>> {
  return duration === undefined ? {} : { [name]: durationMs(duration) };
}
