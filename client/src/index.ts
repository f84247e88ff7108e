export { type Acl, type AclList, OPEN_ACL, Permission, READ_ACL } from '@rookery/protocol';
export type { NodeAcl } from './calls/acl.ts';
export type { Children } from './calls/children.ts';
export type { Created, CreateOptions, NodeKind } from './calls/create.ts';
export type { NodeValue } from './calls/get.ts';
export type { NodeStat } from './calls/node-stat.ts';
export { type Step, type StepResult, TransactionError } from './calls/transaction.ts';
export type { Value } from './calls/value.ts';
export type { Client, ReadOptions, SessionView, VersionOptions, WatchOptions } from './client.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { CoordinationError, type CoordinationErrorCode, isCoordinationError, type Retry } from './errors.ts';
export { Barrier } from './recipes/barrier.ts';
export { Configuration, type ConfigurationOptions } from './recipes/configuration.ts';
export type { Contender } from './recipes/contenders.ts';
export { Counter, type CounterOptions } from './recipes/counter.ts';
export { DoubleBarrier } from './recipes/double-barrier.ts';
export { Election } from './recipes/election.ts';
export type { Hold } from './recipes/hold.ts';
export type { Layout } from './recipes/layout.ts';
export { LeaderLatch } from './recipes/leader-latch.ts';
export type { LockOptions } from './recipes/line.ts';
export { Lock } from './recipes/lock.ts';
export { LockingQueue, type TakenEntry } from './recipes/locking-queue.ts';
export { Party } from './recipes/party.ts';
export { Presence } from './recipes/presence.ts';
export { type PutOptions, Queue } from './recipes/queue.ts';
export { ReadWriteLock } from './recipes/read-write-lock.ts';
export type { WaitOptions } from './recipes/retry.ts';
export { InvalidValueError, type Schema } from './recipes/schema.ts';
export { Semaphore } from './recipes/semaphore.ts';
export {
  type Registration,
  ServiceDiscovery,
  type ServiceInstance,
  type ServiceInstances,
} from './recipes/service-discovery.ts';
export { type CacheChange, type CacheOptions, SubtreeCache } from './recipes/subtree-cache.ts';
export { TypedNode, type TypedValue } from './recipes/typed-node.ts';
export type { CallOptions } from './session/deadlines.ts';
export type { SessionState } from './session/state.ts';
export type { Change } from './watches/change-stream.ts';
export { EventType } from './watches/events.ts';
export type { Watcher } from './watches/one-shot.ts';
