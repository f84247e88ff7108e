/** Names that observing, deciding and acting go by. Each is a function of the cluster's name alone. */

/** On everything that belongs to a cluster, pods and volumes included; its value is the cluster's name. */
export const CLUSTER_LABEL = 'rookery.dev/cluster';
/** Held until what the deletion of a cluster promises is done. */
export const FINALIZER = 'rookery.dev/cluster';

/** On a cluster, by whoever wants its members started anew; its value is any text, such as the time. */
export const RESTART_AT_ANNOTATION = 'rookery.dev/restart-at';
/** The same for another certificate authority, … */
export const ROTATE_CA_ANNOTATION = 'rookery.dev/rotate-ca';
/** … and for other certificates. */
export const ROTATE_CERTIFICATES_ANNOTATION = 'rookery.dev/rotate-certificates';
/** The same for another token of the members' /admin, and another join secret. */
export const ROTATE_ADMIN_TOKEN_ANNOTATION = 'rookery.dev/rotate-admin-token';

/** Where a quorum is lost for good: the pod whose data are to be the cluster, or … */
export const FORCE_NEW_CLUSTER_ANNOTATION = 'rookery.dev/force-new-cluster';
/** … the one that has most. */
export const NEWEST = 'newest';

/** The keys of the admin Secret: what callers of /admin have to send, … */
export const ADMIN_TOKEN_KEY = 'token';
/** … and what members prove to one another that they know. */
export const JOIN_SECRET_KEY = 'join-secret';
/** The claim that each pod has one volume by. */
export const DATA_CLAIM = 'data';
/** The members' container; others may be added to their pods. */
export const SERVER_CONTAINER = 'rookery';
export const CLIENT_PORT = 2181;
export const PEER_PORT = 2888;
export const HTTP_PORT = 8080;

export const statefulSetName = (cluster: string): string => cluster;
export const headlessServiceName = (cluster: string): string => `${cluster}-headless`;
export const peerServiceName = (cluster: string, ordinal: number): string => `${cluster}-peer-${ordinal}`;
export const externalServiceName = (cluster: string, ordinal: number): string =>
  `${cluster}-external-${ordinal}`;
export const adminSecretName = (cluster: string): string => `${cluster}-admin`;
/** Of the Secret with the cluster's certificate authority. Not `-ca`, and below not `-tls`: people call those so that they bring along. */
export const authoritySecretName = (cluster: string): string => `${cluster}-authority`;
/** Of the Secret with what members show and trust: it is mounted in the pods. */
export const certificatesSecretName = (cluster: string): string => `${cluster}-certificates`;
/** Of the Certificates by which cert-manager is asked, and of the Secrets that it makes: an authority for the members, … */
export const issuedAuthorityName = (cluster: string): string => `${cluster}-issued-authority`;
/** … and what they show to clients. */
export const issuedClientsName = (cluster: string): string => `${cluster}-issued-clients`;
/** Of the ConfigMap by which clients know whom to trust. */
export const authorityConfigMapName = (cluster: string): string => `${cluster}-ca`;

/**
 * Ordinals of read replicas count from here, and so their server ids from 101: whatever is known by an ordinal or a server id alone is known to be of the
 * members or of these, and neither runs into the other, nor into who proves a version.
 */
export const FIRST_READ_ORDINAL = 100;
/** Their StatefulSet, and the Service by which clients find them. */
export const readName = (cluster: string): string => `${cluster}-read`;

export const isReadOrdinal = (ordinal: number): boolean =>
  ordinal >= FIRST_READ_ORDINAL && ordinal < PROOF_SERVER_ID - 1;
export const isReadServerId = (serverId: number): boolean => isReadOrdinal(serverId - 1);

/** Of a member or of a read replica. */
export const podName = (cluster: string, ordinal: number): string =>
  `${isReadOrdinal(ordinal) ? readName(cluster) : cluster}-${ordinal}`;
/** Of its volume: StatefulSets name claims after template and pod. */
export const claimName = (cluster: string, ordinal: number): string =>
  `${DATA_CLAIM}-${podName(cluster, ordinal)}`;

/**
 * The server id of the learner that a new version is proved by: the last that there is, far from those that count from 1. It is no member for
 * anything but the proof.
 */
export const PROOF_SERVER_ID = 255;
/** Its StatefulSet and its Service. */
export const proofName = (cluster: string): string => `${cluster}-proof`;
export const proofPodName = (cluster: string): string => `${proofName(cluster)}-0`;
export const proofClaimName = (cluster: string): string => `${DATA_CLAIM}-${proofPodName(cluster)}`;
export const proofHost = (cluster: string, namespace: string): string =>
  `${proofName(cluster)}.${namespace}.svc`;

/** The ordinal of a member's pod; undefined where the name is not that of one. */
export function ordinalOf(cluster: string, pod: string): number | undefined {
  if (!pod.startsWith(`${cluster}-`)) return undefined;
  const digits = pod.slice(cluster.length + 1);
  return /^(0|[1-9][0-9]{0,3})$/.test(digits) ? Number(digits) : undefined;
}

/** That of a read replica's pod. */
export function readOrdinalOf(cluster: string, pod: string): number | undefined {
  const ordinal = ordinalOf(readName(cluster), pod);
  return ordinal !== undefined && isReadOrdinal(ordinal) ? ordinal : undefined;
}

/** The ordinal of the pod whose volume claim it is: StatefulSets name them after template and pod. */
export function ordinalOfClaim(
  cluster: string,
  claim: string,
  ordinalOfPod: (cluster: string, pod: string) => number | undefined = ordinalOf,
): number | undefined {
  const prefix = `${DATA_CLAIM}-`;
  return claim.startsWith(prefix) ? ordinalOfPod(cluster, claim.slice(prefix.length)) : undefined;
}

export const clientEndpoint = (cluster: string, namespace: string): string =>
  `${cluster}.${namespace}.svc:${CLIENT_PORT}`;

export const readEndpoint = (cluster: string, namespace: string): string =>
  `${readName(cluster)}.${namespace}.svc:${CLIENT_PORT}`;

/** Where the other members find the pod while it runs, ready or not. It leaves the cluster's own domain to the resolver's search list. */
export const peerHost = (cluster: string, namespace: string, ordinal: number): string =>
  `${peerServiceName(cluster, ordinal)}.${namespace}.svc`;

/** Where clients find the pod while it is ready: a name of one that is going would keep them waiting for an answer. */
export const memberHost = (cluster: string, namespace: string, ordinal: number): string => {
  const pool = isReadOrdinal(ordinal) ? readName(cluster) : cluster;
  return `${podName(cluster, ordinal)}.${headlessServiceName(pool)}.${namespace}.svc`;
};

export const memberEndpoint = (cluster: string, namespace: string, ordinal: number): string =>
  `${memberHost(cluster, namespace, ordinal)}:${CLIENT_PORT}`;

/** Where a member's HTTP is found, by the address of its pod. */
export const atHttpPort = (ip: string): string =>
  ip.includes(':') ? `[${ip}]:${HTTP_PORT}` : `${ip}:${HTTP_PORT}`;
