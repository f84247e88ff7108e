import type { Load } from '../../neighbours/load.ts';
import type { LogWords } from '../../neighbours/log-words.ts';
import type { Cluster } from '../cluster.ts';

/** Where a program of other people finds the members. */
export interface Surroundings {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** `host:port` of the Service for clients. */
  readonly hosts: string;
  /** The ConfigMap with the authority that vouches for the members. */
  readonly authority: string;
}

/** A program of other people that runs as pods and takes work. */
export interface ProgramPods {
  readonly title: string;
  /** Of its StatefulSet, and `app` of its pods. */
  readonly name: string;
  /** What its logs may not say. */
  readonly words: LogWords;
  /** How long it may go without an acknowledgement where nothing of its own goes away, in ms. */
  readonly mostGapMs: number;
  /** Its own client at work, until it is told to end. Called once. */
  load(): Load;
  /** Uses what it keeps in the coordination service, and throws where that is not done; `times` counts up. */
  exercise(times: number): Promise<void>;
  /** Once the load has ended: how many of its acknowledged operations are not there, looked at through the program itself. */
  lost(): Promise<number>;
  close(): void;
}
