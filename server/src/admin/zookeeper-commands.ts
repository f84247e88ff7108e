import type { Histogram } from '../model/histogram.ts';
import type { MemberView } from './member-status.ts';

/** All that HTTP knows of a member. */
export interface HttpView extends MemberView {
  readonly commands: ZookeeperCommands;
}

/** What HTTP asks of a member in the words of ZooKeeper's AdminServer. Built by `admin-server/`, which knows the commands. */
export interface ZookeeperCommands {
  /** The primary name of each command, in alphabetical order. */
  readonly names: readonly string[];
  /** Whether anybody may have the answer who reaches the port: what an allowed four-letter word tells, too, and who leads whom. */
  isOpen(name: string): boolean;
  /** `name` is a primary name or another one of the command. Never rejects: what went wrong is the answer's `error`. */
  run(name: string): Promise<CommandAnswer>;
  /** What `mntr` tells. */
  monitor(): MonitorValues;
}

export interface CommandAnswer {
  readonly command: string;
  /** null: none. */
  readonly error: string | null;
  readonly [key: string]: unknown;
}

/** What is counted and measured of a member, under ZooKeeper's names, without the `zk_` that `mntr` puts before them. Times in milliseconds, sizes in bytes. */
export interface MonitorValues {
  readonly gauges: readonly MonitorPair[];
  readonly counters: readonly MonitorPair[];
  readonly summaries: readonly MonitorSummary[];
  readonly sets: readonly MonitorSet[];
}

/** One value for each key. */
export interface MonitorSet {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly values: readonly (readonly [key: string, value: number])[];
}

/** Also of texts, such as the version: Prometheus is not told of those. */
export type MonitorPair = readonly [name: string, value: string | number];

export interface MonitorSummary {
  readonly name: string;
  readonly hasPercentiles: boolean;
  readonly histogram: Histogram;
}
