import type { Endpoint } from '../../testkit/src/endpoint.ts';
import type { Named } from '../../testkit/src/scenarios/choose.ts';
import type { EnsembleOptions } from '../../testkit/src/systems/ensemble.ts';
import type { SystemName } from '../../testkit/src/systems/system.ts';
import type { Daemon, DaemonOptions } from './daemon.ts';
import type { Load } from './load.ts';
import type { LogWords } from './log-words.ts';
import type { TlsFiles } from './tls-files.ts';

/** What a program needs of the machine beside Node. */
export const TOOLS = ['javac', 'mvn', 'python', 'debian'] as const;
export type Tool = (typeof TOOLS)[number];

/** A program that people run beside ZooKeeper, and how it is used here. */
export interface Neighbour extends Named {
  /** Its folder's, for the command line. */
  readonly name: string;
  readonly proves: string;
  /** As its makers write it: `Apache Kafka`. */
  readonly title: string;
  readonly version: string;
  /** Where it is from: Maven, Debian, PyPI; of what coordinates. One clause. */
  readonly source: string;
  readonly needs: readonly Tool[];
  /** Where it does not run against both systems: which it runs against. */
  readonly against?: readonly SystemName[];
  /** What its members need beyond the defaults: an authentication, quotas. They speak TLS unless it says otherwise. */
  readonly ensemble?: EnsembleOptions;
  /** For the page of programs, in Markdown: what to write into its configuration, with `zk-0:2181,zk-1:2181,zk-2:2181` as the members. TLS and a chroot, too. */
  readonly settings: string;
  /** What its own logs may not say. */
  readonly words: LogWords;
  /** How long it may go without an acknowledgement while members come and go, in ms. Its session timeout and its own retries are in it. */
  readonly longestGapMs: number;
  /** Installs, starts, and resolves once it takes work. All that is started through the context is ended by the runner, whatever happens. */
  start(context: Context): Promise<Running>;
}

/** One that runs. */
export interface Running {
  /** Starts its load: its own client, acknowledged operations being counted. Called once. */
  load(): Load;
  /**
   * Uses what goes through the coordination service (makes a topic, moves a leader), and throws where it is not done. Called before any fault and after each;
   * `times` counts up. Resolves with one clause for the account, or with nothing.
   */
  exercise?(times: number): Promise<string | undefined>;
  /** Once the load has ended: how many of its acknowledged operations are not there, looked at through the program itself. */
  lost(): Promise<number>;
}

export interface Context {
  /** `host:port,host:port,host:port`, without a chroot. */
  readonly connect: string;
  /** The same one by one: by TLS unless `ensemble` says otherwise, but not while requests are recorded. */
  readonly endpoints: readonly Endpoint[];
  /** Where they speak TLS. */
  readonly tls: TlsFiles | undefined;
  /** Flags for every `java` that talks to them: none where they do not. */
  readonly javaTls: readonly string[];
  /** Empty at the start, on a real disk; kept when the run fails. */
  readonly folder: string;
  /** Starts a process of the program's; its log is `<folder>/<name>.log`, and `words` are looked for in it. */
  daemon(name: string, command: readonly [string, ...string[]], options?: DaemonOptions): Daemon;
  /** The same for what loads it; its output is its own. */
  load(command: readonly [string, ...string[]], env?: Readonly<Record<string, string>>): Load;
  /** Ports that nobody else of this machine was told. */
  ports(count: number): Promise<number[]>;
  /** A line of progress. */
  note(line: string): void;
}
