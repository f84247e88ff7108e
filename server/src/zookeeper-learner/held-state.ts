import { Reader } from '@rookery/protocol';
import { type ReplayFault, ZookeeperState } from '../zookeeper-log/state.ts';
import { readLoggedTxn } from '../zookeeper-log/txn.ts';
import { SnapshotForm } from '../zookeeper-snapshot/reader.ts';
import { type NewSessionId, type RestoreFault, TreeFromZookeeper } from '../zookeeper-snapshot/to-own.ts';
import type { SentSnapshot } from './learner.ts';

/** What a leader said does not make a state. */
export type HeldFault = RestoreFault | ReplayFault | 'unknown-transaction';

export interface HeldOptions {
  /** Any 32-bit number. */
  readonly hashSeed: number;
  /** What a session is called here. */
  readonly newSessionId: NewSessionId;
  /** Of no attachment that a connection has. */
  readonly attachIndex: number;
}

/**
 * Tree and sessions of an ensemble of ZooKeeper's, as its leaders tell of them, over one connection after the other. Behind a fault it holds nothing, and
 * the next leader is asked for all of it.
 */
export class HeldState {
  readonly #reader = new Reader();
  readonly #options: HeldOptions;
  #coming: { readonly tree: TreeFromZookeeper; readonly zxid: number } | undefined;
  #state: ZookeeperState | undefined;
  #isExact = false;
  #snapshots = 0;
  #fault: HeldFault | undefined;

  constructor(options: HeldOptions) {
    this.#options = options;
  }

  /** One that holds nothing, of the same kind. */
  another(): HeldState {
    return new HeldState(this.#options);
  }

  /** undefined: nothing whole is held. */
  get state(): ZookeeperState | undefined {
    return this.#state;
  }

  /** Of the last transaction that is held; 0: nothing is. */
  get zxid(): number {
    return this.#state?.zxid ?? 0;
  }

  /** Whether it is the ensemble's, node for node, as of `zxid`. */
  get isExact(): boolean {
    return this.#isExact && this.#state !== undefined;
  }

  /** Whole snapshots that were taken. */
  get snapshots(): number {
    return this.#snapshots;
  }

  /** What was wrong last. */
  get fault(): HeldFault | undefined {
    return this.#fault;
  }

  beginSnapshot(zxid: number): SentSnapshot {
    this.forget();
    const { hashSeed, newSessionId, attachIndex } = this.#options;
    const tree = new TreeFromZookeeper({ hashSeed }, false, newSessionId, attachIndex, SnapshotForm.sent);
    this.#coming = { tree, zxid };
    return tree;
  }

  /** False: it is none that can be had here. */
  endSnapshot(): boolean {
    const { tree, zxid } = this.#coming!;
    this.#coming = undefined;
    const rebuilt = tree.finish();
    if ('fault' in rebuilt) return this.#fail(rebuilt.fault);
    this.#state = new ZookeeperState(rebuilt, zxid, this.#options.attachIndex);
    this.#snapshots++;
    return true;
  }

  /** False: it does not fit. */
  apply(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#state === undefined) return false;
    const txn = readLoggedTxn(this.#reader.reset(bytes, start, end));
    if (txn === undefined) return this.#fail('unknown-transaction');
    const fault = this.#state.apply(txn);
    return fault === undefined || this.#fail(fault);
  }

  settle(): void {
    this.#state?.settle();
    this.#isExact = true;
  }

  forget(): void {
    this.#state = undefined;
    this.#coming = undefined;
    this.#isExact = false;
  }

  #fail(fault: HeldFault): false {
    this.#fault = fault;
    this.forget();
    return false;
  }
}
