export {
  type ClusterCondition,
  type ClusterEndpoints,
  type ClusterMember,
  type ClusterMetadata,
  type ClusterOperation,
  type ClusterPhase,
  type ClusterUpgradeProof,
  type CoordinationCluster,
  type CoordinationClusterSpec,
  type CoordinationClusterSpecInput,
  type CoordinationClusterStatus,
  withDefaults,
} from './cluster/cluster.ts';
export { durationMs } from './cluster/duration.ts';
export { inSchemaOrder, problemOfField } from './cluster/field.ts';
export * from './cluster/names.ts';
export { knowsNewerSettings } from './cluster/newer-settings.ts';
export { quantityBytes } from './cluster/quantity.ts';
export {
  CONDITION_TYPES,
  type ConditionType,
  MEMBER_ROLES,
  OPERATION_TYPES,
  PHASES,
} from './cluster/status.ts';
