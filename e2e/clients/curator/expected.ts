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

/** What each suite has: a class that is not found, or tests that vanish, go unnoticed otherwise. */
export const least: Readonly<Record<SuiteName, { readonly classes: number; readonly passed: number }>> = {
  client: { classes: 6, passed: 27 },
  framework: { classes: 34, passed: 1 },
  recipes: { classes: 53, passed: 1 },
};

/** Tests that cannot pass, by name, each with the reason. The run fails where one of them passes. */
export const mayFail: Reasons = {};

/** Tests that pass or fail by how busy the machine is, with Apache ZooKeeper, too. */
export const unsteady: Reasons = {};
