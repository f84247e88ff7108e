export const GROUP = 'rookery.dev';
export const VERSION = 'v1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;
export const KIND = 'CoordinationCluster';
export const PLURAL = 'coordinationclusters';
export const SINGULAR = 'coordinationcluster';
export const SHORT_NAME = 'cc';
export const CATEGORY = 'all';

/** Of a label's value and of a Service's name. */
const MAX_LABEL_LENGTH = 63;
/** StatefulSets label their pods with `NAME-` and a hash of at most ten digits. */
const REVISION_SUFFIX_LENGTH = '-0123456789'.length;
/** What the operator appends to the names of further StatefulSets at most, with room for later ones. Services have no revision, and room for more. */
const OBJECT_SUFFIX_LENGTH = 12;
/** `metadata.name` of a CoordinationCluster: whatever is named after it still fits where Kubernetes puts it. */
export const MAX_NAME_LENGTH = MAX_LABEL_LENGTH - REVISION_SUFFIX_LENGTH - OBJECT_SUFFIX_LENGTH;

/** Of every name of an object in Kubernetes. */
export const MAX_OBJECT_NAME_LENGTH = 253;

/** Every write waits for more disks with each voter; beyond seven nothing is gained by it. */
export const MAX_REPLICAS = 7;

/** The leader sends each of them all that is written. */
export const MAX_READ_REPLICAS = 20;
