import type { Named } from '../../testkit/src/scenarios/choose.ts';
import type { Ensemble, EnsembleOptions } from '../../testkit/src/systems/ensemble.ts';
import type { System, SystemName } from '../../testkit/src/systems/system.ts';
import type { Tier } from './tiers.ts';

/** What a scenario needs beside Node: programs, to be root, or small machines (machine/machines.ts). Scenarios that need root or such machines are left out for others. */
export const TOOLS = [
  'python',
  'java',
  'javac',
  'go',
  'cc',
  'cargo',
  'debian',
  'make',
  'root',
  'machines',
  'clickhouse',
  's3',
] as const;
export type Tool = (typeof TOOLS)[number];

export interface Scenario extends Named {
  readonly proves: string;
  readonly against: readonly SystemName[];
  readonly needs: readonly Tool[];
  /** Resolves with a short account for the report; rejects when it failed. */
  run(context: Context): Promise<string>;
}

export const bothSystems: readonly SystemName[] = ['zookeeper', 'rookery'];

/** What the runner gives to a scenario; everything started through it is stopped when the scenario ends. */
export interface Context {
  readonly system: System;
  readonly tier: Tier;
  readonly seed: number;
  /** Empty at the start; kept when the scenario fails. */
  readonly folder: string;
  /** Starts three members and waits until they serve. */
  startEnsemble(options?: EnsembleOptions): Promise<Ensemble>;
  /** Something that this scenario tells its members in confidence: once it is through, nothing that they show may hold it. */
  secret(name: string, value: string): void;
  /** The Python that has kazoo. */
  python(): string;
  /** The Python that has ClickHouse. */
  clickHousePython(): string;
  /** For `java -cp`. */
  classpath(): string;
  /** For `java -cp`, with what the folder `java/<name>` is compiled to in front. */
  javaProgram(name: string): string;
  /** The same, with Curator. */
  curatorProgram(name: string): string;
  /** The same, with Helix's client. */
  helixProgram(name: string): string;
  /** What a folder of `go/` is built to. */
  goProgram(name: string): string;
  /** What a file of `c/` is built to, with ZooKeeper's C client in it. */
  cProgram(name: string): string;
  /** What a folder of `c/` is built to, with Debian's build of that client. */
  debianCProgram(name: string): string;
  /** What `rust/` is built to. */
  rustProgram(): string;
  /** A copy of the package `node/` with its dependencies. */
  nodeProgram(): string;
  /** A line of progress, shown while the scenario runs. */
  note(line: string): void;
}
