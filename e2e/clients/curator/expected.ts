import type { Reasons } from '../suites/verdict.ts';

export const VERSION = '5.9.0';

export const SUITE_NAMES = ['client', 'framework', 'recipes'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

/** Named as tests are, but only what such classes are made of, or build upon. */
export const NO_SUITES: readonly string[] = [
  'BaseTestTreeCache',
  'QueueTestProducer',
  'TestCleanState',
  'TestEventOrdering',
  'TestInterProcessMutexBase',
  'TestQueueItem',
];

/** What each suite has, of 585 tests in all, six of which Curator itself leaves out: a class that is not found, or tests that vanish, go unnoticed otherwise. */
export const least: Readonly<Record<SuiteName, { readonly classes: number; readonly passed: number }>> = {
  client: { classes: 6, passed: 26 },
  framework: { classes: 34, passed: 263 },
  recipes: { classes: 53, passed: 284 },
};

const CHAOS =
  "its faults are made by a class that it puts into ZooKeeper's server (ChaosMonkeyCnxnFactory): here there is no such server";

/** Tests that cannot pass, by name, each with the reason. The run fails where one of them passes. */
export const mayFail: Reasons = {
  'org.apache.curator.framework.recipes.leader.TestLeaderSelectorEdges.flappingTest()': CHAOS,
  'org.apache.curator.framework.recipes.leader.TestLeaderSelectorEdges.createProtectedNodeInBackgroundTest()':
    CHAOS,
  'org.apache.curator.framework.recipes.leader.TestLeaderSelectorEdges.createProtectedNodeInBackgroundTestNoRetry()':
    CHAOS,
};

/** Tests that fail so often by a race within their own process that running them again does not always help. */
export const unsteady: Reasons = {
  'org.apache.curator.TestRetryLoop.testRetryForeverWithSessionFailed()':
    'it wants its client to have noticed nothing yet of the expiry that it has just told it of: 3 of 4 runs fail with Apache ZooKeeper',
  'org.apache.curator.framework.recipes.cache.TestPathChildrenCache.testParentContainerMissing()':
    'it begins to listen for the first connection once that may be there: 2 of 4 runs fail with Apache ZooKeeper',
  'org.apache.curator.framework.recipes.leader.TestLeaderLatch.testNoServerAtStart()':
    'its listener wakes it before it has counted the election that it then asks for: on a busy machine it finds none',
};

/**
 * Curator's tests have waits made for a machine that does little else, so that its own build runs each one that failed up to twice more
 * (rerunFailingTestsCount). So does this.
 */
export const RUNS_AGAIN = 2;
/** More than so many that need it are no accidents. */
export const MOST_RUN_AGAIN = 15;

/** A dozen classes, of all three suites, that are through in seconds on a machine that does little else, and fail by no race of their own. Beginnings of names. */
export const FAST: readonly string[] = [
  'TestSessionFailRetryLoop',
  'TestCreate',
  'TestExistsBuilder',
  'TestTransactions',
  'TestCuratorCacheEdges',
  'TestCuratorCacheWrappers',
  'TestDistributedAtomicLong',
  'TestDistributedBarrier',
  'TestDistributedPriorityQueue',
  'TestGroupMember',
  'TestInterProcessMultiMutex',
  'TestSimpleDistributedQueue',
];
