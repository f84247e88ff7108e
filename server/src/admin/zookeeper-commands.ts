import type { Histogram } from '../model/histogram.ts';
import type { BackupSource } from './backup-source.ts';
import type { MemberView } from './member-status.ts';

/** All that HTTP knows of a member. */
export interface HttpView extends MemberView {
  readonly commands: ZookeeperCommands;
  readonly streams: ZookeeperStreams;
  readonly backups: BackupSource;
}

/** Who asks for a stream, as HTTP knows it. */
export interface StreamCaller {
  readonly address: string;
  /** Of the certificate that it has shown and that was verified. */
  readonly certificateSubject: string | undefined;
  /** The header of that name, one character for each byte: a scheme of access lists, a blank, and what proves an id of it. */
  readonly authorization: string;
}

/** What of a command is no stream: a status of HTTP, and the error that goes with it; null: none. */
export interface StreamRefusal {
  readonly status: number;
  readonly error: string | null;
}

/** A snapshot on this member's disk. */
export interface TakenSnapshot {
  /** Of the last write that it holds. */
  readonly zxid: number;
  /** In ZooKeeper's format. */
  readonly bytes: number;
  /** In that format. */
  read(): AsyncGenerator<Uint8Array, void>;
  /** Nobody needs it any more: another one may be taken. */
  release(): void;
}

export interface RestoredSnapshot {
  /** Of the last write that it holds. */
  readonly lastZxid: number;
}

/** The commands of ZooKeeper's AdminServer that are streams. They ask for a proof of their own. */
export interface ZookeeperStreams {
  /** Why the member answers no command now; undefined: it does. */
  notServing(): string | undefined;
  /** Why somebody without the token may not have them; undefined: it may. */
  refusal(caller: StreamCaller): StreamRefusal | undefined;
  /** @param isWanted whether somebody still waits for it. What is taken must be released. */
  takeSnapshot(isWanted: () => boolean): Promise<TakenSnapshot | StreamRefusal>;
  /** Why no snapshot is restored here now; undefined: `restore` may be called, at once. It counts as an attempt. */
  whyNoRestore(): StreamRefusal | undefined;
  /** Has the snapshot, in ZooKeeper's format, be the tree of the ensemble. Never rejects. */
  restore(body: AsyncIterable<Uint8Array>): Promise<RestoredSnapshot | StreamRefusal>;
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
